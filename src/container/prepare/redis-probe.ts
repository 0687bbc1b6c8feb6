import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PrepareFailure } from './failure.ts';
import { codeOf, isCertificateError, isUnreachable, waitFor } from './wait.ts';

const ATTEMPT_MS = 5000;

/** An error that Redis answered with; `code` is the first word, such as WRONGPASS. */
class RedisError extends Error {
  readonly code: string;
  constructor(reply: string) {
    super(reply);
    this.code = reply.split(' ')[0] ?? '';
  }
}

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

interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

function parseUrl(text: string): Target {
  try {
    const url = new URL(text);
    if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw new Error();
    return {
      host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
      port: Number(url.port || 6379),
      tls: url.protocol === 'rediss:',
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: url.pathname.slice(1),
    };
  } catch {
    throw new PrepareFailure(
      'REDIS_URL is not a URL such as redis://user:password@host:6379/0 (percent-encode special characters)',
    );
  }
}

async function talk(target: Target, key: string, log: (line: string) => void): Promise<void> {
  const socket = await open(target);
  try {
    const ask = replies(socket);
    if (target.password) {
      const login = target.user ? [target.user, target.password] : [target.password];
      try {
        await ask(['AUTH', ...login]);
      } catch (error) {
        // ioredis, too, continues where a password is given and none is asked for.
        if (!/without any password configured|no password is set/.test(String(error))) throw error;
        log('Redis asks for no password although REDIS_URL has one');
      }
    }
    if (target.database) await ask(['SELECT', target.database]);
    await ask(['PING']);
    await ask(['SET', key, '1', 'EX', '10']);
  } finally {
    socket.destroy();
  }
}

function open({ host, port, tls }: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
      : connectTcp({ host, port });
    socket.setTimeout(ATTEMPT_MS, () => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
    socket.once(tls ? 'secureConnect' : 'connect', () => resolve(socket));
  });
}

/** Sends one command after the other and returns the first line of each reply. */
function replies(socket: Socket): (command: readonly string[]) => Promise<string> {
  let buffer = '';
  let take: ((error: Error | undefined, line: string) => void) | undefined;
  const settle = (error: Error | undefined, line = '') => {
    const taker = take;
    take = undefined;
    taker?.(error, line);
  };
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    buffer += chunk;
    const end = buffer.indexOf('\r\n');
    if (end === -1) return;
    const line = buffer.slice(0, end);
    buffer = buffer.slice(end + 2);
    if (line.startsWith('-')) settle(new RedisError(line.slice(1)));
    else settle(undefined, line);
  });
  socket.on('error', (error) => settle(error));
  socket.on('close', () => {
    settle(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
  });
  return (command) =>
    new Promise((resolve, reject) => {
      take = (error, line) => (error ? reject(error) : resolve(line));
      const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join('')}`);
    });
}

function explain(error: unknown, { tls }: Target, waitSeconds: number): string {
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
