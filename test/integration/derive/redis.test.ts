import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  REDIS_COMMAND,
  REDIS_CONFIG_PATH,
  redisConfig,
  redisHealthCommand,
  redisSecretFiles,
} from '../../../src/derive/redis-config.ts';
import { fillTemplate, type SecretLookup } from '../../../src/derive/template.ts';
import { redisUrl } from '../../../src/derive/url.ts';
import { docker, execIn, logsOf } from '../../support/engine.ts';
import { ContainerBench, eventually, images } from '../../support/plain-container.ts';

const PORT = 6390;
const bench = new ContainerBench();
let id: string;

const secrets: SecretLookup = (_, version = 3) => `p ass"w'o#r>d\\%/${version}`;

beforeAll(async () => {
  const files = Object.entries(redisSecretFiles('redis', [3, 2])).map(([name, template]) => [
    `/run/secrets/${name}`,
    fillTemplate(template, secrets),
  ]);
  const container = await bench.start({
    image: (await images()).images.redis.ref,
    user: 'redis',
    command: REDIS_COMMAND,
    files: {
      ...Object.fromEntries(files),
      [REDIS_CONFIG_PATH]: redisConfig({ port: PORT, memoryBytes: 64 * 1024 ** 2, persist: true }),
    },
    folders: { data: '/data' },
  });
  id = container.id;
  await eventually(() => execIn(id, redisHealthCommand(PORT)));
});
afterAll(() => bench.close());

/** A Redis command with the password of a version, by the URL that a backend gets. */
function redis(version: number, ...command: string[]): Promise<string> {
  const template = redisUrl({
    user: 'medusa',
    passwordSecret: 'redis',
    host: '127.0.0.1',
    port: PORT,
    database: 0,
  });
  const url = fillTemplate(template, () => secrets('redis', version));
  return execIn(id, ['redis-cli', '--no-auth-warning', '-u', url, ...command]).then((text) =>
    text.trim(),
  );
}

test('every living password opens, no other and nobody without', async () => {
  expect(await redis(3, 'SET', 'a', '1')).toBe('OK');
  expect(await redis(2, 'GET', 'a')).toBe('1');
  expect(await redis(1, 'GET', 'a')).toContain('WRONGPASS');
  const anonymous = await execIn(id, ['redis-cli', '-p', String(PORT), 'GET', 'a']);
  expect(anonymous).toContain('NOAUTH');
});

test('the backend’s user may do what queues, caches and sessions do, and not run the server', async () => {
  expect(await redis(3, 'EVAL', "return redis.call('INCR', KEYS[1])", '1', 'n')).toBe('1');
  expect(await redis(3, 'INFO', 'server')).toContain('redis_version');
  expect(await redis(3, 'CLIENT', 'SETNAME', 'x')).toBe('OK');
  expect(await redis(3, 'SCAN', '0')).toContain('a');
  expect(await redis(3, 'PUBLISH', 'channel', 'x')).toBe('0');
  expect(await redis(3, 'XADD', 's', '*', 'k', 'v')).toMatch(/^\d+-\d+$/);
  for (const command of [
    ['CONFIG', 'GET', '*'],
    ['ACL', 'LIST'],
    ['SHUTDOWN'],
    ['REPLICAOF', 'NO', 'ONE'],
  ]) {
    expect(await redis(3, ...command)).toContain('NOPERM');
  }
});

test('what was written is there after the server was killed', async () => {
  await redis(3, 'SET', 'kept', 'yes');
  await new Promise((done) => setTimeout(done, 1_500));
  await docker.getContainer(id).kill();
  await docker.getContainer(id).start();
  await eventually(() => execIn(id, redisHealthCommand(PORT)));
  expect(await redis(3, 'GET', 'kept')).toBe('yes');
});

test('memory is bounded and nothing is evicted', async () => {
  const memory = await redis(3, 'INFO', 'memory');
  expect(memory).toContain(`maxmemory:${48 * 1024 ** 2}`);
  expect(memory).toContain('maxmemory_policy:noeviction');
});

test('no password is in the log or in the arguments of a process', async () => {
  const { Processes } = await docker.getContainer(id).top();
  expect(JSON.stringify(Processes)).not.toContain('ass"w');
  expect(await logsOf(id)).not.toContain('ass"w');
});
