import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** An error that Redis answered with; `code` is the first word, such as WRONGPASS. */
class RedisError extends Error {
  readonly code: string;
  constructor(reply: string) {
    super(reply);
    this.code = reply.split(' ')[0] ?? '';
  }
}

export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What a URL such as redis://user:password@host:6379/0 names; undefined where it is no such URL. */
export function parseRedisUrl(text: string): RedisTarget | undefined {
  try {
    const url = new URL(text);
    if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return undefined;
    return {
      host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
      port: Number(url.port || 6379),
      tls: url.protocol === 'rediss:',
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: url.pathname.slice(1),
    };
  } catch {
    return undefined;
  }
}

export interface RedisConnection {
  /** Sends a command whose reply is one line, and returns that line; rejects with an error that has a `code`. */
  ask(command: readonly string[]): Promise<string>;
  close(): void;
  /** Resolves when the connection is of no more use. */
  readonly closed: Promise<void>;
}

/**
 * Connects to Redis, logs in and takes the database.
 * @param attemptMs limit of each reply; a connection that is not used for that long is closed
 * @param onUnneeded is called where Redis asks for no password although there is one
 */
export async function connectRedis(
  target: RedisTarget,
  attemptMs: number,
  onUnneeded: () => void = () => undefined,
): Promise<RedisConnection> {
  const socket = await open(target, attemptMs);
  const ask = replies(socket, attemptMs);
  try {
    if (target.password) {
      const login = target.user ? [target.user, target.password] : [target.password];
      try {
        await ask(['AUTH', ...login]);
      } catch (error) {
        // ioredis, too, continues where a password is given and none is asked for.
        if (!/without any password configured|no password is set/.test(String(error))) throw error;
        onUnneeded();
      }
    }
    if (target.database) await ask(['SELECT', target.database]);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return {
    ask,
    close: () => socket.destroy(),
    closed: new Promise((resolve) => {
      socket.once('timeout', resolve);
      socket.once('close', () => resolve());
    }),
  };
}

function open({ host, port, tls }: RedisTarget, attemptMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
      : connectTcp({ host, port });
    socket.setTimeout(attemptMs, () => socket.destroy(noAnswer()));
    socket.once('error', reject);
    socket.once(tls ? 'secureConnect' : 'connect', () => resolve(socket));
  });
}

function noAnswer(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
}

/** Sends commands and returns the first line of the reply to each, in their order. */
function replies(
  socket: Socket,
  attemptMs: number,
): (command: readonly string[]) => Promise<string> {
  let buffer = '';
  const waiting: ((error: Error | undefined, line: string) => void)[] = [];
  const fail = (error: Error) => {
    for (const settle of waiting.splice(0)) settle(error, '');
  };
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (buffer + chunk).split('\r\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) {
      const settle = waiting.shift();
      if (line.startsWith('-')) settle?.(new RedisError(line.slice(1)), '');
      else settle?.(undefined, line);
    }
  });
  socket.on('error', fail);
  socket.on('close', () => fail(closedConnection()));
  return (command) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(closedConnection());
      let answered = false;
      // A process that was busy for that long first reads what has come meanwhile.
      const late = () => setImmediate(() => answered || socket.destroy(noAnswer()));
      const timer = setTimeout(late, attemptMs);
      waiting.push((error, line) => {
        answered = true;
        clearTimeout(timer);
        if (error) reject(error);
        else resolve(line);
      });
      const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join('')}`);
    });
}

function closedConnection(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
}
