import * as pulumi from '@pulumi/pulumi';
import type { DockerPlan, RedisUsersPlan } from '../../../src/derive/plan.ts';
import type { ContainerRuntime, RedisUsers } from '../../../src/docker/container-runtime.ts';
import { afterRelease } from '../../components/docker/after-release.ts';
import type { PostgresDatabase } from '../../components/docker/postgres-database.ts';
import type { RedisCache } from '../../components/docker/redis-cache.ts';
import type { StackSecrets } from '../../secrets.ts';

export interface RetireArgs {
  readonly plan: DockerPlan;
  readonly runtime: ContainerRuntime;
  /** Resolves when the release of this run is running and the previous ones have stopped. */
  readonly released: Promise<unknown>;
  readonly database?: PostgresDatabase;
  readonly redis?: RedisCache;
}

/**
 * Removes logins that no live version of a secret uses, once no running replica uses them. Done in every
 * run, as a run may be killed before this; nothing in a preview.
 */
export function retireLogins({ plan, runtime, released, database, redis }: RetireArgs): void {
  if (database && plan.database.kind === 'postgres') {
    const { retireSql } = plan.database;
    afterRelease(released, database.containerId, (id) => runtime.runSql(id, retireSql));
  }
  if (redis) {
    afterRelease(released, pulumi.all([redis.containerId, redis.users]), ([id, users]) =>
      runtime.setRedisUsers(id, users, 'only'),
    );
  }
}

/** The accounts of Redis with the digests of their passwords. */
export function redisUsers(secrets: StackSecrets, plan: RedisUsersPlan): pulumi.Output<RedisUsers> {
  const accounts = plan.accounts.map(({ name, passwordDigest }) =>
    secrets.fill(passwordDigest).apply((digest) => ({ name, passwordDigest: digest })),
  );
  return pulumi.all(accounts).apply((known) => ({ ...plan, accounts: known }));
}
