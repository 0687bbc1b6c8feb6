import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { probeRedis } from '../../../../src/container/prepare/redis-probe.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server ? server.close(() => done()) : done())));

/** A Redis that answers with `reply`, and what it was asked, one command a line. */
async function fakeRedis(reply: (command: string[]) => string) {
  const asked: string[] = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      // RESP: *<count> then $<length> and the text, for each part.
      const parts = data
        .toString()
        .split('\r\n')
        .filter((part) => !/^[*$]\d+$/.test(part) && part !== '');
      asked.push(parts.join(' '));
      socket.write(`${reply(parts)}\r\n`);
    });
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const address = server.address();
  return { asked, port: typeof address === 'object' ? address?.port : 0 };
}

async function probe(url: string | undefined, prefix?: string, waitSeconds = 1) {
  const lines: string[] = [];
  const { signal } = new AbortController();
  await probeRedis({ url, prefix, waitSeconds, signal, log: (line) => lines.push(line) });
  return lines;
}

describe('probing Redis', () => {
  test('logs in as the user, takes the database and writes a key that ends by itself', async () => {
    const { asked, port } = await fakeRedis(() => '+OK');
    const lines = await probe(`redis://shop:p%40ss@127.0.0.1:${port}/3`, 'acme:');
    expect(asked).toEqual([
      'AUTH shop p@ss',
      'SELECT 3',
      'PING',
      'SET acme:medusa-infra:probe 1 EX 10',
    ]);
    expect(lines).toEqual([`Redis at 127.0.0.1:${port} accepts the backend's login and writes`]);
  });

  test('goes on where none is asked for, as ioredis does', async () => {
    const { asked, port } = await fakeRedis(([name]) =>
      name === 'AUTH'
        ? '-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?'
        : '+OK',
    );
    const lines = await probe(`redis://:p@127.0.0.1:${port}`);
    expect(asked).toEqual(['AUTH p', 'PING', 'SET medusa-infra:probe 1 EX 10']);
    expect(lines[0]).toBe('Redis asks for no password although REDIS_URL has one');
  });

  test('waits while the data is loading', async () => {
    let tries = 0;
    const { port } = await fakeRedis(() =>
      ++tries === 1 ? '-LOADING Redis is loading the dataset in memory' : '+OK',
    );
    expect(await probe(`redis://127.0.0.1:${port}`, undefined, 5)).toEqual([
      `waiting for Redis at 127.0.0.1:${port} (LOADING)`,
      `Redis at 127.0.0.1:${port} accepts the backend's login and writes`,
    ]);
  });

  test.each([
    [
      '-WRONGPASS invalid username-password pair or user is disabled.',
      'wrong user or password (WRONGPASS); the server expects another one than REDIS_URL has',
    ],
    ['-NOAUTH Authentication required.', 'it asks for a password and REDIS_URL has none (NOAUTH)'],
    [
      "-READONLY You can't write against a read only replica.",
      'it is a read-only replica; name the primary in REDIS_URL',
    ],
    ['-MOVED 3999 10.0.0.2:6381', 'it is a cluster, which Medusa cannot use; name a single server'],
    [
      "-OOM command not allowed when used memory > 'maxmemory'.",
      'its memory is full (OOM); raise redis.memory',
    ],
    ['-ERR something else', 'ERR something else'],
  ])('%s', async (reply, message) => {
    const { port } = await fakeRedis(([name]) => (name === 'SET' ? reply : '+OK'));
    await expect(probe(`redis://127.0.0.1:${port}`)).rejects.toThrow(
      `Redis at 127.0.0.1:${port}: ${message}`,
    );
  });

  test('is asked for where it is missing or malformed', async () => {
    await expect(probe(undefined)).rejects.toThrow(
      'REDIS_URL is not set, and this stack has Redis',
    );
    await expect(probe('http://x')).rejects.toThrow(
      'REDIS_URL is not a URL such as redis://user:password@host:6379/0 (percent-encode special characters)',
    );
  });
});
