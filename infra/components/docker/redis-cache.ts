import type { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import type { RedisPlan } from '../../../src/derive/plan.ts';
import type { RedisUsers } from '../../../src/docker/container-runtime.ts';
import { serverUser } from '../../../src/docker/container-user.ts';
import { REDIS_START_SECONDS, SERVER_PROBE } from '../../../src/docker/limits.ts';
import {
  baseContainerArgs,
  healthcheck,
  type ServerPlacement,
  serverNetworks,
  serviceArgs,
  tmpfsOptions,
  userArgs,
} from './container-args.ts';
import { dataVolume } from './data-volume.ts';
import { fixedContainer } from './fixed-container.ts';
import { settleServer } from './settled.ts';

export interface RedisCacheArgs extends ServerPlacement {
  readonly plan: RedisPlan;
  readonly containerName: string;
  /** Reference or ID of an image that works like the official one. */
  readonly image: string;
  /** Users that may log in, in addition to existing ones. */
  readonly users: pulumi.Input<RedisUsers>;
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
    const { plan, labels } = args;
    const data = dataVolume(`${name}-volume`, { ...plan.volume, labels, component: 'redis' }, this);
    this.container = fixedContainer(
      `${name}-container`,
      {
        ...baseContainerArgs({ labels, component: 'redis', limits: plan }),
        ...serviceArgs(plan),
        name: args.containerName,
        image: args.image,
        ...userArgs(serverUser('redis')),
        capabilities: { drops: ['ALL'] },
        readOnly: true,
        tmpfs: Object.fromEntries(
          Object.entries(plan.tmpfs).map(([path, bytes]) => [path, tmpfsOptions(bytes)]),
        ),
        entrypoints: plan.command.slice(0, 1),
        command: plan.command.slice(1),
        volumes: [{ volumeName: data.name, containerPath: '/data' }],
        networksAdvanced: serverNetworks(args, plan),
        ports:
          plan.exposePort === undefined
            ? undefined
            : [{ internal: plan.port, external: plan.exposePort, ip: '127.0.0.1' }],
        healthcheck: healthcheck({
          test: ['CMD', ...plan.healthCommand],
          ...SERVER_PROBE,
          startSeconds: REDIS_START_SECONDS,
        }),
      },
      { parent: this, dependsOn: [...(args.startsAfter ?? [])] },
    );
    const wanted = {
      title: args.containerName,
      pidsLimit: plan.pidsLimit,
      timeoutSeconds: REDIS_START_SECONDS,
    };
    const { id, ready } = settleServer(this.container, args.runtime, wanted, {
      input: args.users,
      work: (users, containerId) => args.runtime.setRedisUsers(containerId, users, 'add'),
    });
    this.users = pulumi.output(args.users);
    this.containerName = args.containerName;
    this.containerId = id;
    this.ready = ready;
    this.registerOutputs();
  }
}
