import type { DockerStack, RedisSection } from '../../stack/stack-file.ts';
import type { ExternalRedisPlan } from '../external-redis.ts';
import { STOP_GRACE_SECONDS } from '../limits.ts';
import { HOSTS, objectNames } from '../names.ts';
import { type PlannedSecret, versionsOf } from '../secrets.ts';
import {
  REDIS_RUN_FOLDER,
  type RedisUsersPlan,
  redisCommand,
  redisConfig,
  redisHealthCommand,
  redisUsers,
} from './redis-config.ts';
import { LIMITS } from './sizes.ts';

const REDIS_PORT = 6379;
const REDIS_RUN_BYTES = 1024 ** 2;

/** A Redis that the stack owns. */
export interface RedisPlan {
  readonly kind: 'redis';
  readonly host: string;
  readonly port: number;
  readonly volume: { readonly name: string; readonly keep: boolean };
  readonly persist: boolean;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
  /** redis.conf; it holds no secret. */
  readonly config: string;
  readonly command: readonly string[];
  /** Path of tmpfs mounts -> size in bytes. */
  readonly tmpfs: Readonly<Record<string, number>>;
  /** Who may log in; set while the server runs, so that a changed password never restarts it. */
  readonly users: RedisUsersPlan;
  /** Exits 0 when the server answers a user who has logged in. */
  readonly healthCommand: readonly string[];
  readonly exposePort?: number;
  readonly stopGraceSeconds: number;
}

/** The Redis part of a plan. */
export function planDockerRedis(
  stack: DockerStack,
  section: RedisSection,
  prefix: string,
  secrets: readonly PlannedSecret[],
): RedisPlan | ExternalRedisPlan {
  return section.external
    ? { kind: 'external-redis', secret: section.external.url.secret }
    : planRedis(stack, section, prefix, secrets);
}

function planRedis(
  stack: DockerStack,
  section: RedisSection,
  prefix: string,
  secrets: readonly PlannedSecret[],
): RedisPlan {
  const expose = stack.backend.expose.redis;
  const config = redisConfig({
    port: REDIS_PORT,
    memoryBytes: section.memory,
    persist: section.persist,
  });
  return {
    kind: 'redis',
    host: HOSTS.redis,
    port: REDIS_PORT,
    volume: { name: objectNames(prefix).redisVolume, keep: section.onDestroy === 'keep' },
    persist: section.persist,
    cpuMillis: LIMITS.redis.cpuMillis,
    memoryBytes: section.memory,
    pidsLimit: LIMITS.redis.pids,
    config,
    command: redisCommand(config),
    tmpfs: { [REDIS_RUN_FOLDER]: REDIS_RUN_BYTES },
    users: redisUsers(REDIS_PORT, 'redis', versionsOf(secrets, 'redis'), section.allow),
    healthCommand: redisHealthCommand(REDIS_PORT),
    ...(expose === undefined ? {} : { exposePort: expose }),
    stopGraceSeconds: STOP_GRACE_SECONDS.redis,
  };
}
