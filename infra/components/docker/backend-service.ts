import { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import { healthProbe } from '../../../src/bundle.ts';
import { LABELS } from '../../../src/derive/labels.ts';
import type { ContainerRuntime } from '../../../src/docker/container-runtime.ts';
import { afterResource } from '../../after-resource.ts';
import {
  baseContainerArgs,
  type ContainerFile,
  type ContainerLimits,
  healthcheck,
  type Labels,
  processArgs,
  replacedOnChange,
  serviceArgs,
  type VolumeMount,
} from './container-args.ts';
import { releaseAlias } from './release-alias.ts';
import { type Settled, settle } from './settled.ts';

export interface BackendServiceArgs {
  /** By these all containers of the stack are found. */
  readonly labels: Labels;
  /** Labels of the replicas alone. */
  readonly replicaLabels?: Labels;
  readonly runtime: ContainerRuntime;
  readonly network: pulumi.Input<string>;
  /** Name that all replicas share inside the private network, those of an earlier release too. */
  readonly alias: string;
  /** Secret that the name of a release is derived with. */
  readonly releaseKey: pulumi.Input<string>;
  /** Container of the proxy that sends the requests here, known once it is configured. */
  readonly edgeId: pulumi.Input<string>;
  readonly replicas: number;
  readonly image: pulumi.Input<string>;
  /** Program and arguments, in place of the image's own. */
  readonly command: readonly string[];
  readonly port: number;
  readonly health: {
    readonly path: string;
    /** Time that a replica may take until it first answers. */
    readonly startSeconds: number;
  };
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ContainerFile[];
  /** Folder -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
  readonly volumes?: readonly VolumeMount[];
  readonly limits: ContainerLimits;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopGraceSeconds: number;
  /** What has to be there before a replica starts. */
  readonly startsAfter?: readonly pulumi.Input<pulumi.Resource>[];
}

/**
 * N replicas of the backend, released without a gap: new containers are made beside the old ones, and
 * when all of them are healthy the edge sends its requests to them; then the old ones finish what they
 * are at and stop. Pulumi removes these at the end of its run.
 */
export class BackendService extends pulumi.ComponentResource {
  /** Of the replicas in order, known once all of them are healthy. */
  readonly containerIds: pulumi.Output<string[]>;
  /** Name inside the private network that the replicas of this release share, and no others do. */
  readonly releaseAlias: pulumi.Output<string>;
  /**
   * Resolves when these replicas get all requests and the earlier ones are stopped; at once in a
   * preview. Rejects where a replica does not become healthy.
   */
  readonly released: Promise<pulumi.Resource>;

  constructor(name: string, args: BackendServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    if (args.replicas < 1) {
      throw new Error(`BackendService "${name}": at least 1 replica, got ${args.replicas}`);
    }
    super('medusa-infra:docker:BackendService', name, {}, opts);
    this.releaseAlias = releaseAlias(args.alias, replicaArgs(args), args.releaseKey);
    const first = this.#replica(`${name}-1`, args, args.startsAfter ?? []);
    const replicas = [first];
    for (let number = 2; number <= args.replicas; number += 1) {
      // Two first starts at once on an empty database can collide: the first replica goes ahead.
      const startsAfter = [...(args.startsAfter ?? []), first.ready];
      replicas.push(this.#replica(`${name}-${number}`, args, startsAfter));
    }
    this.containerIds = pulumi.all(replicas.map(({ id }) => id));
    this.released = afterResource(
      first.container,
      pulumi.all([args.edgeId, this.releaseAlias, this.containerIds]),
      ([edgeId, alias, containerIds]) =>
        args.runtime.switchRelease(edgeId, {
          alias,
          containerIds,
          labels: args.labels,
          port: args.port,
          stopGraceSeconds: args.stopGraceSeconds,
        }),
    );
    this.registerOutputs();
  }

  #replica(
    name: string,
    args: BackendServiceArgs,
    startsAfter: readonly pulumi.Input<pulumi.Resource>[],
  ): Settled & { readonly container: Container } {
    const inputs = replicaArgs(args);
    const container = new Container(
      name,
      {
        ...inputs,
        labels: [...inputs.labels, { label: LABELS.release, value: this.releaseAlias }],
        networksAdvanced: [{ name: args.network, aliases: [args.alias, this.releaseAlias] }],
      },
      {
        parent: this,
        deleteBeforeReplace: false,
        replaceOnChanges: replacedOnChange,
        additionalSecretOutputs: ['uploads'],
        dependsOn: [...startsAfter],
      },
    );
    const secrets = args.files.map(({ content }) => content);
    const settled = settle(
      container,
      pulumi.all([args.edgeId, this.releaseAlias, pulumi.all(secrets)]),
      ([edgeId, alias, values], id) =>
        args.runtime.startReplica(id, {
          title: name,
          pidsLimit: args.limits.pidsLimit,
          timeoutSeconds: args.health.startSeconds + PROBE_SECONDS + PROBE_INTERVAL_SECONDS,
          release: { alias, labels: args.labels },
          edgeId,
          secrets: values.filter((value) => value !== undefined),
        }),
    );
    return { container, ...settled };
  }
}

/** All that makes one release differ from another; not how many replicas it has. */
function replicaArgs(args: BackendServiceArgs) {
  const labels = { ...args.labels, ...args.replicaLabels };
  return {
    ...baseContainerArgs({ ...args, labels, component: 'backend' }),
    ...serviceArgs(args),
    ...processArgs(args),
    networksAdvanced: [{ name: args.network }],
    healthcheck: healthcheck({
      test: [
        'CMD',
        ...healthProbe({
          port: args.port,
          path: args.health.path,
          timeoutSeconds: REQUEST_SECONDS,
          retrySeconds: PROBE_SECONDS,
        }),
      ],
      intervalSeconds: PROBE_INTERVAL_SECONDS,
      timeoutSeconds: PROBE_SECONDS + 5,
      retries: 3,
      startSeconds: args.health.startSeconds,
    }),
    // The runtime waits instead: it notices a crash at once, and shows what the replica wrote.
    wait: false,
  };
}

/** Time from the end of a probe to the start of the next. */
const PROBE_INTERVAL_SECONDS = 5;

/** How long one probe asks again, so that a start is noticed sooner than at the engine's next probe. */
const PROBE_SECONDS = 10;

/** For one answer. */
const REQUEST_SECONDS = 5;
