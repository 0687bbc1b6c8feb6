import { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import { healthProbe } from '../../../src/bundle.ts';
import { LABELS } from '../../../src/derive/labels.ts';
import type { BackendPlan } from '../../../src/derive/plan.ts';
import type { ContainerUser } from '../../../src/docker/container-runtime.ts';
import { NORMAL_SHARES } from '../../../src/docker/cpu.ts';
import {
  PROBE_INTERVAL_SECONDS,
  REPLICA_PROBE_MARGIN_SECONDS,
  REPLICA_PROBE_SECONDS,
  REPLICA_REQUEST_SECONDS,
} from '../../../src/docker/limits.ts';
import { afterResource } from '../../after-resource.ts';
import {
  backendNetworks,
  baseContainerArgs,
  type ContainerFile,
  type ContainerLimits,
  healthcheck,
  type Labels,
  metadataLabels,
  type Placement,
  processArgs,
  replacedOnChange,
  serviceArgs,
  userArgs,
  type VolumeMount,
} from './container-args.ts';
import { releaseAlias } from './release-alias.ts';
import { type Settled, settle } from './settled.ts';

export interface BackendServiceArgs extends Placement {
  readonly plan: ReplicaPlan;
  /** ID of the network of database and Redis. @default none */
  readonly dataNetwork?: pulumi.Input<string> | undefined;
  /** ID of the network that keeps the cloud's metadata address from it. @default it reaches that */
  readonly metadataNetwork?: pulumi.Input<string> | undefined;
  /** Its user and groups. @default those of the image */
  readonly user?: pulumi.Input<ContainerUser | undefined>;
  /** Labels of the replicas alone, in addition to those of the stack. */
  readonly replicaLabels?: Labels;
  /** Secret that the name of a release is derived with. */
  readonly releaseKey: pulumi.Input<string>;
  /** Container of the proxy that sends the requests here, known once it is configured. */
  readonly edgeId: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  /** Program and arguments, instead of those of the image. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ContainerFile[];
  readonly volumes?: readonly VolumeMount[];
  /** What has to exist before a replica starts. */
  readonly startsAfter?: readonly pulumi.Input<pulumi.Resource>[];
}

/** What the plan of the backend says about a replica and is used as it is. */
type ReplicaPlan = ContainerLimits &
  Pick<BackendPlan, 'alias' | 'replicas' | 'port' | 'health' | 'tmpfs' | 'stopGraceSeconds'>;

/**
 * The replicas of the backend, released without a gap: new containers start next to the old ones, and
 * when all of them are healthy the edge sends its requests to them; then the old ones finish their
 * requests and stop. Pulumi removes these at the end of its run.
 */
export class BackendService extends pulumi.ComponentResource {
  /** IDs of the replicas in order, known once all of them are healthy. */
  readonly containerIds: pulumi.Output<string[]>;
  /** Name in the private network that the replicas of this release share and no others have. */
  readonly releaseAlias: pulumi.Output<string>;
  /**
   * Resolves when these replicas get all requests and the previous ones have stopped; at once in a
   * preview. Rejects if a replica does not become healthy.
   */
  readonly released: Promise<pulumi.Resource>;

  constructor(name: string, args: BackendServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan } = args;
    if (plan.replicas < 1) {
      throw new Error(`BackendService "${name}": at least 1 replica, got ${plan.replicas}`);
    }
    super('medusa-infra:docker:BackendService', name, {}, opts);
    this.releaseAlias = releaseAlias(plan.alias, replicaArgs(args), args.releaseKey);
    const first = this.#replica(`${name}-1`, args, args.startsAfter ?? []);
    const replicas = [first];
    for (let number = 2; number <= plan.replicas; number += 1) {
      // Two first starts on an empty database can collide: the first replica goes ahead.
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
          port: plan.port,
          stopGraceSeconds: plan.stopGraceSeconds,
        }),
    );
    this.registerOutputs();
  }

  #replica(
    name: string,
    args: BackendServiceArgs,
    startsAfter: readonly pulumi.Input<pulumi.Resource>[],
  ): Settled & { readonly container: Container } {
    const { plan } = args;
    const inputs = replicaArgs(args);
    const container = new Container(
      name,
      {
        ...inputs,
        labels: [...inputs.labels, { label: LABELS.release, value: this.releaseAlias }],
        networksAdvanced: backendNetworks(args, [plan.alias, this.releaseAlias]),
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
    const known = pulumi.all([
      args.edgeId,
      args.metadataNetwork,
      this.releaseAlias,
      pulumi.all(secrets),
    ]);
    const settled = settle(container, known, ([edgeId, metadataNetwork, alias, values], id) =>
      args.runtime.startReplica(id, {
        title: name,
        pidsLimit: plan.pidsLimit,
        timeoutSeconds:
          plan.health.startSeconds + REPLICA_PROBE_SECONDS + REPLICA_PROBE_MARGIN_SECONDS,
        cpuMillis: plan.cpuMillis,
        release: { alias, labels: args.labels },
        edgeId,
        metadataNetwork,
        secrets: values.filter((value) => value !== undefined),
      }),
    );
    return { container, ...settled };
  }
}

/** All that makes one release differ from another; not the number of its replicas. */
function replicaArgs(args: BackendServiceArgs) {
  const { plan } = args;
  const labels = { ...args.replicaLabels, ...args.labels };
  const base = baseContainerArgs({ labels, component: 'backend', limits: plan });
  return {
    ...base,
    labels: [...base.labels, ...metadataLabels(args.metadataNetwork)],
    // Said although it is the engine's own: it has another one while it starts.
    cpuShares: NORMAL_SHARES,
    ...serviceArgs(plan),
    ...processArgs({ ...args, tmpfs: plan.tmpfs }),
    networksAdvanced: backendNetworks(args),
    ...userArgs(args.user),
    healthcheck: healthcheck({
      test: [
        'CMD',
        ...healthProbe({
          port: plan.port,
          path: plan.health.path,
          timeoutSeconds: REPLICA_REQUEST_SECONDS,
          retrySeconds: REPLICA_PROBE_SECONDS,
        }),
      ],
      intervalSeconds: PROBE_INTERVAL_SECONDS,
      timeoutSeconds: REPLICA_PROBE_SECONDS + REPLICA_PROBE_MARGIN_SECONDS,
      retries: 3,
      startSeconds: plan.health.startSeconds,
    }),
    // The runtime waits instead: it notices a crash at once, and shows the replica's last lines.
    wait: false,
  };
}
