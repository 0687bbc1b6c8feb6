import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { LoginLimit } from '../../../../src/container/logins/limit.ts';
import { LOGIN_PATH } from '../../../../src/logins.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let server: Server | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  server = undefined;
});

/** A server whose replies the test gives; undefined: it stays silent. */
async function fakeRedis(reply: (command: string) => string | undefined) {
  const asked: string[] = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const command of data
        .toString()
        .split(/(?:^|\r\n)\*\d+\r\n/)
        .slice(1)) {
        const parts = command.split(/(?:^|\r\n)\$\d+\r\n/).slice(1);
        const line = parts.map((part) => part.trim()).join(' ');
        asked.push(line.replace(/EVAL .*return 0/s, 'EVAL (script)'));
        const answer = reply(line);
        if (answer !== undefined) socket.write(`${answer}\r\n`);
      }
    });
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const address = server.address();
  return { asked, port: typeof address === 'object' ? address?.port : 0 };
}

function limitOf(env: Record<string, string>, redis = true) {
  const lines: string[] = [];
  const config = { requests: 2, windowSeconds: 300, path: LOGIN_PATH, trusted: [], redis };
  const limit = new LoginLimit(config, { env, log: (line) => lines.push(line) });
  const from = (address: string) =>
    limit.count({ headers: { 'x-forwarded-for': address }, socket: {} });
  return { limit, lines, from };
}

test.each([
  ['POST', '/store/auth', true],
  ['POST', '/Store//AUTH/?x=/store/products', true],
  ['POST', 'http://shop.example.com/store/auth#x', true],
  ['POST', '/store\\auth', true],
  ['GET', '/store/auth', false],
  ['DELETE', '/store/auth', false],
  ['POST', '/store/products?path=/store/auth', false],
  ['POST', 'http://shop.example.com', false],
  ['POST', undefined, false],
])('%s %s: %s', (method, url, expected) => {
  expect(limitOf({}).limit.isLogin({ method, url })).toBe(expected);
});

test('all replicas count in Redis, one step for each log-in, on one connection', async () => {
  let count = 0;
  const { asked, port } = await fakeRedis((command) => {
    if (!command.startsWith('EVAL')) return '+OK';
    count += 1;
    return count > 2 ? ':299' : ':0';
  });
  const { from, lines } = limitOf({
    REDIS_URL: `redis://medusa_v1:p%40ss@127.0.0.1:${port}/3`,
    REDIS_PREFIX: 'acme-prod:',
  });
  const together = await Promise.all([from('203.0.113.9'), from('203.0.113.9')]);
  expect([...together, await from('203.0.113.9')]).toEqual([0, 0, 299]);
  const evaluated = 'EVAL (script) 1 acme-prod:medusa-infra:logins:203.0.113.9 2 300';
  expect(asked).toEqual(['AUTH medusa_v1 p@ss', 'SELECT 3', evaluated, evaluated, evaluated]);
  expect(lines).toEqual([]);
});

test('an image without a shell has the URL in a file', async () => {
  const { asked, port } = await fakeRedis(() => ':0');
  const file = join(temporaryFolder(), 'REDIS_URL');
  writeFileSync(file, `redis://127.0.0.1:${port}`);
  const { from } = limitOf({ REDIS_URL_FILE: file });
  expect(await from('2001:db8:1:2::9')).toBe(0);
  expect(asked).toEqual(['EVAL (script) 1 medusa-infra:logins:2001:db8:1:2::/64 2 300']);
});

test('where Redis refuses, this replica counts alone and says so once', async () => {
  let refuses = true;
  const { port } = await fakeRedis((command) =>
    refuses && command.startsWith('EVAL') ? '-NOPERM this user has no permissions' : ':0',
  );
  const { from, lines } = limitOf({ REDIS_URL: `redis://127.0.0.1:${port}` });
  expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.1')]).toEqual([
    0, 0, 300,
  ]);
  const line =
    'Redis does not count log-ins (NOPERM); until it does, each replica counts those that it gets';
  expect(lines).toEqual([line]);
  refuses = false;
  expect(await from('192.0.2.1')).toBe(0);
  refuses = true;
  await from('192.0.2.1');
  expect(lines).toEqual([line, line]);
});

test('a Redis that is silent holds no log-in up for more than two seconds', async () => {
  const { port } = await fakeRedis(() => undefined);
  const { from, lines } = limitOf({ REDIS_URL: `redis://:x@127.0.0.1:${port}` });
  expect(await Promise.all([from('192.0.2.1'), from('192.0.2.1')])).toEqual([0, 0]);
  expect(lines).toEqual([expect.stringContaining('(ETIMEDOUT)')]);
});

test('a Redis that comes later is used, without another start', async () => {
  const { from, lines } = limitOf({ REDIS_URL: 'redis://127.0.0.1:1' });
  expect(await from('192.0.2.1')).toBe(0);
  expect(lines).toEqual([expect.stringContaining('(ECONNREFUSED)')]);
  const { port } = await fakeRedis(() => ':7');
  const later = limitOf({ REDIS_URL: `redis://127.0.0.1:${port}` });
  expect(await later.from('192.0.2.1')).toBe(7);
  // The server ends the connection, as where its user is taken away: the next log-in opens another one.
  for (const socket of sockets.splice(0)) socket.destroy();
  await expect.poll(() => later.from('192.0.2.1')).toBe(7);
});

test.each([
  [{ REDIS_URL: 'nonsense' }, 'no URL in REDIS_URL'],
  [{}, 'ENOENT'],
])('a variable that names no Redis, %j, leaves the replicas to themselves', async (env, reason) => {
  const { from, lines } = limitOf(env);
  expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.1')]).toEqual([
    0, 0, 300,
  ]);
  expect(lines).toEqual([expect.stringContaining(`(${reason})`)]);
});

test('without Redis each replica counts, and asks nobody', async () => {
  const { from, lines } = limitOf({}, false);
  expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.1')]).toEqual([
    0, 0, 300,
  ]);
  expect(lines).toEqual([]);
});
