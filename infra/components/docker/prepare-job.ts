import { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import { SECRETS_FOLDER } from '../../../src/container/environment.ts';
import { runsWithLabel } from '../../../src/derive/labels.ts';
import type {
  ContainerRuntime,
  ContainerUser,
  JobResult,
} from '../../../src/docker/container-runtime.ts';
import { afterResource } from '../../after-resource.ts';
import {
  backendNetworks,
  baseContainerArgs,
  type ContainerFile,
  type ContainerLimits,
  type Labels,
  metadataLabels,
  processArgs,
  userArgs,
  type VolumeMount,
} from './container-args.ts';

export interface PrepareJobArgs {
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  /** Value of the component label and name in messages, such as `prepare-migrate`. */
  readonly component: string;
  readonly image: pulumi.Input<string>;
  /** Program and arguments, instead of those of the image. */
  readonly command: readonly string[];
  /** User and groups in the container. @default those of the image */
  readonly user?: pulumi.Input<ContainerUser | undefined>;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that decide the result: a change makes the job run again. */
  readonly files: readonly ContainerFile[];
  /** Files that are copied right before it runs: a change alone does not make it run again. */
  readonly lateFiles?: readonly ContainerFile[];
  readonly tmpfs?: Readonly<Record<string, number>>;
  readonly volumes?: readonly VolumeMount[];
  /** @default no network */
  readonly network?: pulumi.Input<string>;
  /** ID of the network of database and Redis. @default none */
  readonly dataNetwork?: pulumi.Input<string> | undefined;
  /** ID of the network that keeps the cloud's metadata address from it. @default it reaches that */
  readonly metadataNetwork?: pulumi.Input<string> | undefined;
  readonly limits: ContainerLimits;
  readonly timeoutSeconds: number;
  /** The job also runs again when one of these values changes. */
  readonly runAgainWith?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What has to exist for a job that succeeded not to run again. @default nothing */
  readonly result?: Omit<JobResult, 'databaseId'> & { readonly databaseId: pulumi.Input<string> };
  /** What has to exist before the job starts. */
  readonly startsAfter?: readonly pulumi.Input<pulumi.Resource>[];
}

/** Limits of a job that only runs a client or a few lines. */
export const SMALL_JOB_LIMITS = {
  cpuMillis: 500,
  memoryBytes: 128 * 1024 * 1024,
  pidsLimit: 64,
};

/**
 * A job that has to succeed before what depends on it continues.
 *
 * The container stays after the job, so that its log can be read and the next run has nothing to do while
 * its result exists. Every changed input creates a new container, which is a new run.
 */
export class PrepareJob extends pulumi.ComponentResource {
  /** Resolves when the job has succeeded, otherwise rejects with its last lines; for `dependsOn`. */
  readonly succeeded: Promise<pulumi.Resource>;

  constructor(name: string, args: PrepareJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:PrepareJob', name, {}, opts);
    const { network } = args;
    const base = baseContainerArgs(args);
    const container = new Container(
      `${name}-container`,
      {
        ...base,
        labels: [
          ...base.labels,
          ...metadataLabels(args.metadataNetwork),
          ...Object.entries(args.runAgainWith ?? {}).map(([key, value]) => ({
            label: runsWithLabel(key),
            value,
          })),
        ],
        ...processArgs({ ...args, tmpfs: { '/tmp': 64 * 1024 * 1024, ...args.tmpfs } }),
        ...userArgs(args.user),
        ...(network === undefined
          ? { networkMode: 'none' }
          : { networksAdvanced: backendNetworks({ ...args, network }) }),
        // The provider neither waits for the end nor checks it: `finish` starts the job and does both.
        start: false,
        mustRun: false,
        restart: 'no',
      },
      {
        parent: this,
        dependsOn: [...(args.startsAfter ?? [])],
        deleteBeforeReplace: false,
        // A finished container cannot get other limits, but a new run can.
        replaceOnChanges: ['memory', 'memorySwap', 'cpuPeriod', 'cpuQuota', 'tmpfs', 'init'],
        additionalSecretOutputs: ['uploads'],
      },
    );
    const lateFiles = args.lateFiles ?? [];
    const late = pulumi.all([
      filesOf(lateFiles.filter((file) => !isSecret(file))),
      filesOf([...args.files, ...lateFiles].filter(isSecret)),
      pulumi.output(args.result),
      pulumi.output(args.metadataNetwork),
    ]);
    this.succeeded = afterResource(
      container,
      late,
      ([files, secretFiles, result, metadataNetwork], id) =>
        args.runtime.finish(id, {
          title: args.component,
          pidsLimit: args.limits.pidsLimit,
          timeoutSeconds: args.timeoutSeconds,
          files,
          secretFiles,
          result,
          metadataNetwork,
        }),
    );
    this.registerOutputs();
  }
}

function filesOf(files: readonly ContainerFile[]) {
  return pulumi.all(
    files.map(({ path, content }) =>
      pulumi.output(content).apply((text) => ({ path, content: text ?? '' })),
    ),
  );
}

function isSecret({ path }: ContainerFile): boolean {
  return path.startsWith(`${SECRETS_FOLDER}/`);
}
