import type { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import type { ContainerRuntime, RedisUsers } from '../../../src/docker/container-runtime.ts';
import { REDIS_START_SECONDS, SERVER_PROBE } from '../../../src/docker/limits.ts';
import {
  baseContainerArgs,
  type ContainerLimits,
  healthcheck,
  type Labels,
  serviceArgs,
  tmpfsOptions,
} from './container-args.ts';
import { type DataVolume, dataVolume } from './data-volume.ts';
import { fixedContainer } from './fixed-container.ts';
import { settle } from './settled.ts';

export interface RedisCacheArgs {
  readonly containerName: string;
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  readonly network: pulumi.Input<string>;
  /** Name in the private network. */
  readonly alias: string;
  readonly port: number;
  /** Reference or ID of an image that works like the official one. */
  readonly image: string;
  readonly volume: DataVolume;
  readonly limits: ContainerLimits;
  readonly command: readonly string[];
  /** Folder -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
  /** Users that may log in, in addition to existing ones. */
  readonly users: pulumi.Input<RedisUsers>;
  /** Exits 0 if the server answers a logged-in user. */
  readonly healthCommand: readonly string[];
  /** Port on 127.0.0.1 of the engine's host. @default not published */
  readonly exposePort?: number;
  /** Seconds from the stop signal to SIGKILL. */
  readonly stopGraceSeconds: number;
}

/**
 * A Redis server. The container's inputs contain no secret: its users are set while it runs, so that a
 * new password does not restart it.
 */
export class RedisCache extends pulumi.ComponentResource {
  readonly containerId: pulumi.Output<string>;
  /** Resolves when the server is healthy and its users can log in; for `dependsOn`. */
  readonly ready: Promise<pulumi.Resource>;
  readonly containerName: string;
  readonly container: Container;
  readonly users: pulumi.Output<RedisUsers>;

  constructor(name: string, args: RedisCacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:RedisCache', name, {}, opts);
    const data = dataVolume(
      `${name}-volume`,
      { ...args.volume, labels: args.labels, component: 'redis' },
      this,
    );
    this.container = fixedContainer(
      `${name}-container`,
      {
        ...baseContainerArgs({ ...args, component: 'redis' }),
        ...serviceArgs(args),
        name: args.containerName,
        image: args.image,
        user: 'redis',
        capabilities: { drops: ['ALL'] },
        readOnly: true,
        tmpfs: Object.fromEntries(
          Object.entries(args.tmpfs).map(([path, bytes]) => [path, tmpfsOptions(bytes)]),
        ),
        entrypoints: args.command.slice(0, 1),
        command: args.command.slice(1),
        volumes: [{ volumeName: data.name, containerPath: '/data' }],
        networksAdvanced: [{ name: args.network, aliases: [args.alias] }],
        ports:
          args.exposePort === undefined
            ? undefined
            : [{ internal: args.port, external: args.exposePort, ip: '127.0.0.1' }],
        healthcheck: healthcheck({
          test: ['CMD', ...args.healthCommand],
          ...SERVER_PROBE,
          startSeconds: REDIS_START_SECONDS,
        }),
        wait: true,
        waitTimeout: REDIS_START_SECONDS,
      },
      { parent: this },
    );
    const { id, ready } = settle(this.container, args.users, async (users, containerId) => {
      await args.runtime.settle(containerId, {
        title: args.containerName,
        pidsLimit: args.limits.pidsLimit,
        timeoutSeconds: REDIS_START_SECONDS,
      });
      await args.runtime.setRedisUsers(containerId, users, 'add');
    });
    this.users = pulumi.output(args.users);
    this.containerName = args.containerName;
    this.containerId = id;
    this.ready = ready;
    this.registerOutputs();
  }
}
