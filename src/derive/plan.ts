import type { ManagedPostgresPlan } from './aws/database.ts';
import type { AwsResources } from './aws/derive.ts';
import type { ManagedRedisPlan } from './aws/redis.ts';
import type { UploadsPlan } from './backend.ts';
import type { CommonPlan } from './common.ts';
import type { DockerDatabasePlan } from './docker/database.ts';
import type { LoginLimitPlan } from './docker/login-limit.ts';
import type { ProxyPlan } from './docker/proxy.ts';
import type { RedisPlan } from './docker/redis.ts';
import type { ExternalPostgresPlan } from './external-database.ts';
import type { ExternalRedisPlan } from './external-redis.ts';

export type * from './aws/containers.ts';
export type * from './aws/costs.ts';
export type * from './aws/database.ts';
export type * from './aws/derive.ts';
export type * from './aws/images.ts';
export type * from './aws/load-balancer.ts';
export type * from './aws/network.ts';
export type * from './aws/redis.ts';
export type * from './aws/roles.ts';
export type * from './aws/secrets.ts';
export type * from './aws/service.ts';
export type * from './aws/task.ts';
export type * from './backend.ts';
export type * from './common.ts';
export type * from './docker/database.ts';
export type * from './docker/login-limit.ts';
export type * from './docker/postgres.ts';
export type * from './docker/proxy.ts';
export type * from './docker/redis.ts';
export type * from './docker/redis-config.ts';
export type * from './edge.ts';
export type * from './environment.ts';
export type * from './external-database.ts';
export type * from './external-redis.ts';
export type * from './images.ts';
export type * from './prepare.ts';
export type * from './secrets.ts';
export type * from './sql/plan.ts';
export type * from './template-parts.ts';

/**
 * All that a target needs to create a stack's resources, and nothing else: derived by pure functions,
 * printable (`medusa-infra plan`), without a secret value.
 */
export type Plan = DockerPlan | AwsPlan;

export interface DockerPlan extends CommonPlan {
  readonly target: 'docker';
  /** Of the edge and the backend. */
  readonly network: { readonly name: string };
  /** Of the backend, PostgreSQL and Redis; undefined: the stack has neither server. */
  readonly dataNetwork?: { readonly name: string };
  /** Of the backend alone, to keep the cloud's metadata address from it; undefined: it reaches that. */
  readonly metadataNetwork?: { readonly name: string };
  readonly database: DockerDatabasePlan;
  /** undefined: no Redis at all. */
  readonly redis?: RedisPlan | ExternalRedisPlan;
  /** Where uploaded files are kept; undefined: nowhere. */
  readonly uploads?: UploadsPlan;
  readonly proxy: ProxyPlan;
  /** undefined: none. */
  readonly loginLimit?: LoginLimitPlan;
}

export interface AwsPlan extends CommonPlan {
  readonly target: 'aws';
  readonly database: ManagedPostgresPlan | ExternalPostgresPlan;
  /** undefined: no Redis at all. */
  readonly redis?: ManagedRedisPlan | ExternalRedisPlan;
  readonly aws: AwsResources;
}
