import { lockedImage } from '../../../src/derive/images.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import type { ServerPlacement } from '../../components/docker/container-args.ts';
import { PostgresDatabase } from '../../components/docker/postgres-database.ts';
import { RedisCache } from '../../components/docker/redis-cache.ts';
import type { Scope } from '../../scope.ts';
import type { StackSecrets } from '../../secrets.ts';
import { redisUsers } from './retire.ts';

/** The stack's own PostgreSQL; undefined with an external server or sqlite. */
export function stackDatabase(
  { database, images }: DockerPlan,
  scope: Scope,
  placement: ServerPlacement,
): PostgresDatabase | undefined {
  if (database.kind !== 'postgres') return undefined;
  const image = lockedImage(images, 'postgres');
  return new PostgresDatabase(
    scope.name('database'),
    {
      ...placement,
      plan: database,
      image: image.ref,
      majorVersion: Number.parseInt(image.version, 10),
    },
    scope.opts,
  );
}

/** The stack's own Redis; undefined with an external server or none. */
export function stackRedis(
  { name, redis, images }: DockerPlan,
  scope: Scope,
  secrets: StackSecrets,
  placement: ServerPlacement,
): RedisCache | undefined {
  if (redis?.kind !== 'redis') return undefined;
  return new RedisCache(
    scope.name('redis'),
    {
      ...placement,
      plan: redis,
      containerName: `${name}-redis`,
      image: lockedImage(images, 'redis').ref,
      users: redisUsers(secrets, redis.users),
    },
    scope.opts,
  );
}
