import { SECRETS_FOLDER } from '../environment.ts';
import type { Template } from './plan.ts';

export const REDIS_USER = 'medusa';
export const REDIS_CONFIG_PATH = '/etc/medusa-infra/redis.conf';
const USERS_FILE = 'REDIS_USERS';
const PASSWORD_FILE = 'REDIS_PASSWORD';

/** Share of the container's memory for data: a rewrite of the append-only file copies pages. */
const DATA_SHARE = 0.75;

/**
 * redis.conf without a secret. `noeviction`: Redis holds sessions and queued events, which must not
 * vanish silently; a full one refuses writes instead, and cache entries expire by their own ttl.
 */
export function redisConfig(options: {
  port: number;
  memoryBytes: number;
  persist: boolean;
}): string {
  return [
    'bind * -::*',
    `port ${options.port}`,
    'protected-mode yes',
    'dir /data',
    'daemonize no',
    'loglevel notice',
    'tcp-keepalive 60',
    `maxmemory ${Math.floor(options.memoryBytes * DATA_SHARE)}`,
    'maxmemory-policy noeviction',
    'save ""',
    `appendonly ${options.persist ? 'yes' : 'no'}`,
    'appendfsync everysec',
    `include ${SECRETS_FOLDER}/${USERS_FILE}`,
    '',
  ].join('\n');
}

/**
 * The server's users: nobody by default, and one for the backend that every living version of the
 * password opens. Digests only, so no character of a password needs quoting. Without the commands
 * that change the server itself (configuration, users, replication, shutdown).
 */
export function redisSecretFiles(secret: string, versions: readonly number[]) {
  const digests = versions.flatMap(
    (version): Template => [' #', { secret, version, encode: 'sha256' }],
  );
  return {
    [USERS_FILE]: [
      `user default reset\nuser ${REDIS_USER} on`,
      ...digests,
      ' ~* &* +@all -@admin\n',
    ],
    [PASSWORD_FILE]: [{ secret }],
  } satisfies Record<string, Template>;
}

export const REDIS_COMMAND = ['redis-server', REDIS_CONFIG_PATH] as const;

/** Logs in with the password from its file; by variable, so that no process argument shows it. */
export function redisHealthCommand(port: number): readonly string[] {
  return [
    '/bin/sh',
    '-c',
    `REDISCLI_AUTH="$(cat ${SECRETS_FOLDER}/${PASSWORD_FILE})" redis-cli -p ${port} --user ${REDIS_USER} ping | grep -q PONG`,
  ];
}
