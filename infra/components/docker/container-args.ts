import type * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { LABELS } from '../../../src/derive/labels.ts';
import type { ContainerRuntime, ContainerUser } from '../../../src/docker/container-runtime.ts';
import { CPU_PERIOD_MICROSECONDS, cpuQuota } from '../../../src/docker/cpu.ts';

/** Limits of one container. */
export interface ContainerLimits {
  /** Thousandths of a CPU. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** Processes and threads. */
  readonly pidsLimit: number;
}

export type Labels = Readonly<Record<string, string>>;

/** What all containers of a stack share. */
export interface Placement {
  /** By these the objects of the stack are found. */
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  /** ID of the private network. */
  readonly network: pulumi.Input<string>;
}

/** Where a server of data is. */
export interface ServerPlacement extends Placement {
  /** ID of a second network, for a port that is published: an internal network publishes none. @default `network` */
  readonly publishingNetwork?: pulumi.Input<string>;
  /** What has to be done before it starts. @default nothing */
  readonly startsAfter?: readonly pulumi.Input<pulumi.Resource>[];
}

/** Networks of a server of data, which others know by one name. */
export function serverNetworks(
  { network, publishingNetwork }: ServerPlacement,
  { host, exposePort }: { readonly host: string; readonly exposePort?: number },
) {
  const publishing = exposePort !== undefined && publishingNetwork !== undefined;
  return [{ name: network, aliases: [host] }, ...(publishing ? [{ name: publishingNetwork }] : [])];
}

/** Networks of a container of the backend: the way out, and that of the data where the stack has any. */
export function backendNetworks(
  args: {
    readonly network: pulumi.Input<string>;
    readonly dataNetwork?: pulumi.Input<string> | undefined;
  },
  aliases?: pulumi.Input<string>[],
) {
  const outer = { name: args.network, ...(aliases ? { aliases } : {}) };
  return [outer, ...(args.dataNetwork === undefined ? [] : [{ name: args.dataNetwork }])];
}

/** The label that ties a container to the network that keeps the metadata address from it. */
export function metadataLabels(network: pulumi.Input<string> | undefined) {
  return network === undefined ? [] : [{ label: LABELS.metadata, value: network }];
}

/** User and groups in the provider's format. */
export function userArgs(user: pulumi.Input<ContainerUser | undefined>) {
  const known = pulumi.output(user);
  return { user: known.apply((one) => one?.user), groupAdds: known.apply((one) => one?.groups) };
}

/** A file that is copied to a container before it starts; `docker inspect` never shows it. */
export interface ContainerFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: docker.types.input.ContainerUpload['content'];
}

/** A volume of the stack in a container. */
export interface VolumeMount {
  readonly name: pulumi.Input<string>;
  /** Absolute. */
  readonly path: pulumi.Input<string>;
}

const MEBIBYTE = 1024 * 1024;

/**
 * Inputs that cannot be changed in place although the provider accepts the change: without this list
 * a change would be stored in the state and never reach the container.
 */
export const replacedOnChange = ['cpuPeriod', 'cpuQuota', 'tmpfs', 'init'];

/** Inputs of every container of a stack: limits, no privileges, log rotation, labels. */
export function baseContainerArgs(args: {
  readonly labels: Labels;
  readonly component: string;
  readonly limits: ContainerLimits;
}) {
  const memory = Math.ceil(args.limits.memoryBytes / MEBIBYTE);
  return {
    labels: componentLabels(args.labels, args.component),
    // A quota and not `cpus`, because the provider reads 0.05 back as 0.1 and would replace each time.
    cpuPeriod: CPU_PERIOD_MICROSECONDS,
    cpuQuota: cpuQuota(args.limits.cpuMillis),
    memory,
    // The sum of memory and swap: equal values mean no swap.
    memorySwap: memory,
    securityOpts: ['no-new-privileges'],
    logDriver: 'json-file',
    logOpts: { 'max-size': '10m', 'max-file': '3' },
  };
}

/** Inputs of a container that runs one unprivileged program instead of the image's. */
export function processArgs(args: {
  readonly image: docker.ContainerArgs['image'];
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ContainerFile[];
  /** Folder -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
  readonly volumes?: readonly VolumeMount[];
}) {
  return {
    image: args.image,
    // PID 1 has to reap children and forward signals; node does neither well.
    init: true,
    capabilities: { drops: ['ALL'] },
    entrypoints: args.command.slice(0, 1),
    command: args.command.slice(1),
    envs: environmentList(args.environment),
    uploads: uploadList(args.files),
    tmpfs: Object.fromEntries(
      Object.entries(args.tmpfs).map(([path, bytes]) => [path, tmpfsOptions(bytes)]),
    ),
    volumes: args.volumes?.map(({ name, path }) => ({ volumeName: name, containerPath: path })),
  };
}

/** Inputs of a container that runs until it is removed. */
export function serviceArgs(args: { readonly stopGraceSeconds: number }) {
  return {
    restart: 'unless-stopped',
    stopSignal: 'SIGTERM',
    stopTimeout: args.stopGraceSeconds,
    destroyGraceSeconds: args.stopGraceSeconds,
  };
}

/** Labels of a stack and a component in the provider's format, in a stable order. */
export function componentLabels(
  labels: Labels,
  component: string,
): { label: string; value: string }[] {
  return Object.entries({ ...labels, [LABELS.component]: component })
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([label, value]) => ({ label, value }));
}

/** Environment in the provider's format, in a stable order. */
export function environmentList(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
}

/** Files in the provider's format. They get mode 0644 and belong to root. */
export function uploadList(files: readonly ContainerFile[]) {
  return files.map((file) => ({ file: file.path, content: file.content }));
}

/** A tmpfs mount without programs. Its mode is that of /tmp, since users differ by image. */
export function tmpfsOptions(bytes: number): string {
  return `rw,nosuid,nodev,noexec,mode=1777,size=${bytes}`;
}

/**
 * Health check inputs. Durations have the engine's format (`1m30s`), or each run would see a
 * difference.
 */
export function healthcheck(args: {
  readonly test: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startSeconds: number;
}) {
  return {
    tests: [...args.test],
    interval: goDuration(args.intervalSeconds),
    timeout: goDuration(args.timeoutSeconds),
    startPeriod: goDuration(args.startSeconds),
    retries: args.retries,
  };
}

/** Whole seconds in Go's format: 90 is `1m30s`, 3600 is `1h0m0s`. */
export function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
