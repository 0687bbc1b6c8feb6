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
  /** Resolves when the release of this run serves and the earlier ones are stopped. */
  readonly released: Promise<unknown>;
  readonly database?: PostgresDatabase;
  readonly redis?: RedisCache;
}

/**
 * Takes the logins away that no living version of a secret uses, once nothing that serves uses them.
 * On every run: one that was killed before this leaves it to the next. Nothing in a preview.
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

/** The accounts of a Redis with the digests of their passwords. */
export function redisUsers(secrets: StackSecrets, plan: RedisUsersPlan): pulumi.Output<RedisUsers> {
  const accounts = plan.accounts.map(({ name, passwordDigest }) =>
    secrets.fill(passwordDigest).apply((digest) => ({ name, passwordDigest: digest })),
  );
  return pulumi.all(accounts).apply((known) => ({ ...plan, accounts: known }));
}
