import { startScript } from '../../start-script.ts';
import { redisRights } from '../redis-rights.ts';
import type { Template } from '../template-parts.ts';

export interface RedisUsersPlan {
  /** Runs the server's commands from its standard input as `admin`, in the server's container. */
  readonly cli: readonly string[];
  /** The user who sets the others; made by the server's start and never taken away. */
  readonly admin: string;
  /** Rights of each account in the ACL's own words. */
  readonly rules: string;
  /** Newest first. */
  readonly accounts: readonly { readonly name: string; readonly passwordDigest: Template }[];
}

/** Share of the container's memory for data: a rewrite of the append-only file copies pages. */
const DATA_SHARE = 0.75;

/**
 * In memory alone, created again at each start. A folder that images have: the engine mounts any other
 * one so that only root may write, from the second start on.
 */
export const REDIS_RUN_FOLDER = '/tmp';
/** Written by the start script. */
const ADMIN_PASSWORD_PATH = `${REDIS_RUN_FOLDER}/admin-password`;

const DATA_FOLDER = '/data';
/** The users that were last set, as the server itself writes them: names, digests and rights. */
const USERS_PATH = `${DATA_FOLDER}/users.acl`;

/** May change users and ask whether the server is there; no data. Its rights: the start script. */
export const REDIS_ADMIN = 'medusa-infra';

/**
 * The user that a backend logs in as; a new one with each version of the password, so that taking
 * the old one away ends its connections and no others.
 */
export function redisUser(version: number): string {
  return `medusa_v${version}`;
}

/**
 * redis.conf; it holds no secret. `noeviction`: Redis holds sessions and queued events, which must
 * not vanish silently; a full one refuses writes instead, and cache entries expire by their own ttl.
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
    `dir ${DATA_FOLDER}`,
    'daemonize no',
    'loglevel notice',
    'tcp-keepalive 60',
    `maxmemory ${Math.floor(options.memoryBytes * DATA_SHARE)}`,
    'maxmemory-policy noeviction',
    'save ""',
    `appendonly ${options.persist ? 'yes' : 'no'}`,
    'appendfsync everysec',
    `aclfile ${USERS_PATH}`,
    '',
  ].join('\n');
}

/** Program and arguments of the container: the configuration is one of them. */
export function redisCommand(config: string): readonly string[] {
  return ['/bin/sh', '-c', startScript('redis'), 'sh', config];
}

/** Exits 0 when the server answers. */
export function redisHealthCommand(port: number): readonly string[] {
  return ['/bin/sh', '-c', `${adminCli(port)} ping | grep -q PONG`];
}

/**
 * The server's users: nobody by default, and one for each living version of the password.
 * @param allow commands in addition to those that a store needs
 */
export function redisUsers(
  port: number,
  secret: string,
  versions: readonly number[],
  allow: readonly string[] = [],
): RedisUsersPlan {
  return {
    cli: ['/bin/sh', '-c', `exec ${adminCli(port)}`],
    admin: REDIS_ADMIN,
    rules: redisRights(allow),
    accounts: versions.map((version) => ({
      name: redisUser(version),
      passwordDigest: [{ secret, version, encode: 'sha256' }],
    })),
  };
}

/** By variable, so that no process argument shows the password. */
function adminCli(port: number): string {
  return `env REDISCLI_AUTH="$(cat ${ADMIN_PASSWORD_PATH})" redis-cli -p ${port} --user ${REDIS_ADMIN}`;
}
