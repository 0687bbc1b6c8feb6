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
  const servers = pulumi.all([database?.containerId, redis?.containerId, redis?.users]);
  afterRelease(released, servers, async ([databaseId, redisId, users]) => {
    if (databaseId && plan.database.kind === 'postgres') {
      await runtime.runSql(databaseId, plan.database.retireSql);
    }
    if (redisId && users) await runtime.setRedisUsers(redisId, users, 'only');
  });
}

/** The accounts of Redis with the digests of their passwords. */
export function redisUsers(secrets: StackSecrets, plan: RedisUsersPlan): pulumi.Output<RedisUsers> {
  const accounts = plan.accounts.map(({ name, passwordDigest }) =>
    secrets.fill(passwordDigest).apply((digest) => ({ name, passwordDigest: digest })),
  );
  return pulumi.all(accounts).apply((known) => ({ ...plan, accounts: known }));
}
