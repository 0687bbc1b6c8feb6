import { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import {
  baseContainerArgs,
  type ContainerFile,
  type ContainerLimits,
  healthcheck,
  type Labels,
  processArgs,
  replacedOnChange,
  serviceArgs,
} from './container-args.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { afterwards } from './settled.ts';

export interface BackendServiceArgs {
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  readonly network: pulumi.Input<string>;
  /** Name that all replicas share inside the private network. */
  readonly alias: string;
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
  readonly volumes?: readonly { readonly name: pulumi.Input<string>; readonly path: string }[];
  readonly limits: ContainerLimits;
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopGraceSeconds: number;
  /** What has to be there before a replica starts. */
  readonly startsAfter?: readonly pulumi.Input<pulumi.Resource>[];
}

/**
 * N replicas of the backend. A changed one is replaced create-before-delete: the new container is
 * healthy before the old one is asked to stop.
 */
export class BackendService extends pulumi.ComponentResource {
  /** Of the replicas in order, known once all of them are healthy. */
  readonly containerIds: pulumi.Output<string[]>;

  constructor(name: string, args: BackendServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    if (args.replicas < 1) {
      throw new Error(`BackendService "${name}": at least 1 replica, got ${args.replicas}`);
    }
    super('medusa-infra:docker:BackendService', name, {}, opts);
    const containers: Container[] = [];
    for (let number = 1; number <= args.replicas; number += 1) {
      // Two first starts at once on an empty database can collide: the first replica goes ahead.
      const first = containers.slice(0, 1);
      containers.push(
        new Container(`${name}-${number}`, replicaArgs(args), {
          parent: this,
          deleteBeforeReplace: false,
          replaceOnChanges: replacedOnChange,
          additionalSecretOutputs: ['uploads'],
          dependsOn: [...(args.startsAfter ?? []), ...first],
        }),
      );
    }
    this.containerIds = pulumi.all(
      containers.map(
        (container, index) =>
          afterwards(container, (id) =>
            args.runtime.settle(id, {
              title: `${name}-${index + 1}`,
              pidsLimit: args.limits.pidsLimit,
              timeoutSeconds: args.health.startSeconds,
            }),
          ).id,
      ),
    );
    this.registerOutputs();
  }
}

function replicaArgs(args: BackendServiceArgs) {
  return {
    ...baseContainerArgs({ ...args, component: 'backend' }),
    ...serviceArgs(args),
    ...processArgs(args),
    networksAdvanced: [{ name: args.network, aliases: [args.alias] }],
    healthcheck: healthcheck({
      test: ['CMD', 'node', '-e', probe(args.port, args.health.path)],
      intervalSeconds: 5,
      timeoutSeconds: PROBE_SECONDS + 5,
      retries: 3,
      startSeconds: args.health.startSeconds,
    }),
    wait: true,
    waitTimeout: args.health.startSeconds + PROBE_SECONDS,
  };
}

/** How long one probe goes on trying. */
const PROBE_SECONDS = 20;

/**
 * One run asks again and again for a while, so that a start is noticed at once although the engine
 * begins a probe only every few seconds.
 */
function probe(port: number, path: string): string {
  const options = JSON.stringify({ host: '127.0.0.1', port, path, timeout: 5000 });
  return [
    `const end=Date.now()+${PROBE_SECONDS * 1000},again=()=>Date.now()<end?setTimeout(ask,250):process.exit(1);`,
    `const ask=()=>require('http').get(${options},r=>r.statusCode===200?process.exit(0):(r.resume(),again()))`,
    `.on('timeout',function(){this.destroy()}).on('error',again);ask()`,
  ].join('');
}
