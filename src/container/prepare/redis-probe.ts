import { connectRedis, parseRedisUrl, type RedisTarget } from '../redis-connection.ts';
import { PrepareFailure } from './failure.ts';
import { codeOf, isCertificateError, isUnreachable, waitFor } from './wait.ts';

const ATTEMPT_MS = 5000;

export interface RedisProbeOptions {
  readonly url: string | undefined;
  readonly prefix: string | undefined;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Logs in to Redis with the backend's own URL and writes a key that lives ten seconds. Medusa boots
 * without Redis or with a wrong password, and answers 500 later: so it is checked before.
 */
export async function probeRedis(options: RedisProbeOptions): Promise<void> {
  if (!options.url) throw new PrepareFailure('REDIS_URL is not set, and this stack has Redis');
  const target = parseUrl(options.url);
  const place = `${target.host}:${target.port}`;
  try {
    await waitFor(() => talk(target, `${options.prefix ?? ''}medusa-infra:probe`, options.log), {
      seconds: options.waitSeconds,
      signal: options.signal,
      isTransient: (error) =>
        isUnreachable(error) || ['LOADING', 'MASTERDOWN', 'BUSY'].includes(codeOf(error)),
      onWait: (error) => options.log(`waiting for Redis at ${place} (${codeOf(error)})`),
    });
  } catch (error) {
    if (options.signal.aborted) throw error;
    throw new PrepareFailure(`Redis at ${place}: ${explain(error, target, options.waitSeconds)}`);
  }
  options.log(`Redis at ${place} accepts the backend's login and writes`);
}

function parseUrl(text: string): RedisTarget {
  const target = parseRedisUrl(text);
  if (target) return target;
  throw new PrepareFailure(
    'REDIS_URL is not a URL such as redis://user:password@host:6379/0 (percent-encode special characters)',
  );
}

async function talk(target: RedisTarget, key: string, log: (line: string) => void): Promise<void> {
  const connection = await connectRedis(target, ATTEMPT_MS, () =>
    log('Redis asks for no password although REDIS_URL has one'),
  );
  try {
    await connection.ask(['PING']);
    await connection.ask(['SET', key, '1', 'EX', '10']);
  } finally {
    connection.close();
  }
}

function explain(error: unknown, { tls }: RedisTarget, waitSeconds: number): string {
  const code = codeOf(error);
  if (isUnreachable(error)) {
    const speaks = tls
      ? 'is the address right, and does it speak TLS there'
      : 'and is the address right';
    return `not reachable within ${waitSeconds} s (${code}); is it running, ${speaks}?`;
  }
  if (isCertificateError(error)) {
    return `its certificate is not trusted (${code}); set the CA in NODE_EXTRA_CA_CERTS, and connect by the name in the certificate`;
  }
  switch (code) {
    case 'EPROTO':
      return 'it does not speak TLS there; use redis:// or its TLS port';
    case 'WRONGPASS':
      return 'wrong user or password (WRONGPASS); the server expects another one than REDIS_URL has';
    case 'NOAUTH':
      return 'it asks for a password and REDIS_URL has none (NOAUTH)';
    case 'NOPERM':
      return 'the user lacks rights (NOPERM); Medusa needs all commands on its keys';
    case 'READONLY':
      return 'it is a read-only replica; name the primary in REDIS_URL';
    case 'MOVED':
      return 'it is a cluster, which Medusa cannot use; name a single server';
    case 'OOM':
      return 'its memory is full (OOM); raise redis.memory';
    case 'LOADING':
      return `still loading its data after ${waitSeconds} s; run up again`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
