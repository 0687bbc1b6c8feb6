import { createHash } from 'node:crypto';

/** Leaves room for the longest suffix and a container's random part within a DNS label of 63. */
const PREFIX_LENGTH = 40;
const DIGEST_LENGTH = 10;

/**
 * Prefix of every name that a stack has on its engine: `<project>-<stack>`.
 *
 * Two stacks never share one: where the plain form is not unique (a stack with a dash in its name:
 * `a` + `b-c` reads like `a-b` + `c`), has to be shortened or holds characters that an engine
 * refuses, a digest of the pair follows.
 */
export function stackPrefix(project: string, stack: string): string {
  const plain = `${project}-${stack}`;
  const unique = !stack.includes('-') && plain.length <= PREFIX_LENGTH;
  // No plain form holds two dashes in a row, every digest form does: the two never meet.
  if (unique && /^[a-z0-9]+(-[a-z0-9]+)+$/.test(plain)) return plain;
  const digest = createHash('sha256').update(`${project}\0${stack}`).digest('hex');
  const readable = plain
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, PREFIX_LENGTH - DIGEST_LENGTH - 2)
    .replaceAll(/^-|-$/g, '');
  return `${readable || 'stack'}--${digest.slice(0, DIGEST_LENGTH)}`;
}

/** Names of a stack's objects. Renaming one of them loses sight of its data. */
export function objectNames(prefix: string) {
  return {
    network: prefix,
    dataNetwork: `${prefix}-data`,
    metadataNetwork: `${prefix}-metadata`,
    postgresContainer: `${prefix}-database`,
    postgresVolume: `${prefix}-postgres-data`,
    postgresSocketVolume: `${prefix}-postgres-socket`,
    uploadsVolume: `${prefix}-uploads`,
    redisVolume: `${prefix}-redis-data`,
    edgeVolume: `${prefix}-edge-data`,
    sqliteVolume: `${prefix}-sqlite-data`,
  } as const;
}

/** Names inside the stack's private network: the same in every stack, as each has its own. */
export const HOSTS = { database: 'database', redis: 'redis', backend: 'backend' } as const;
