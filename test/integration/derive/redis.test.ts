import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  REDIS_RUN_FOLDER,
  redisCommand,
  redisConfig,
  redisHealthCommand,
  redisUser,
  redisUsers,
} from '../../../src/derive/docker/redis-config.ts';
import { fillTemplate } from '../../../src/derive/template.ts';
import { redisUrl } from '../../../src/derive/url.ts';
import type { RedisUsers } from '../../../src/docker/container-runtime.ts';
import { setRedisUsers } from '../../../src/docker/redis-users.ts';
import { docker, execIn, logsOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { ContainerBench, images } from '../../support/plain-container.ts';

const innerPort = 6390;
const bench = new ContainerBench();

const password = (version: number) => `p ass"w'o#r>d\\%/${version}`;

/** What the stack makes of the living versions. */
function users(...versions: number[]): RedisUsers {
  return usersWith([], ...versions);
}

/** The same with `redis.allow`. */
function usersWith(allow: readonly string[], ...versions: number[]): RedisUsers {
  const plan = redisUsers(innerPort, 'redis', versions, allow);
  const accounts = plan.accounts.map(({ name, passwordDigest }) => ({
    name,
    passwordDigest: fillTemplate(passwordDigest, (_, version) => password(version ?? 0)),
  }));
  return { ...plan, accounts };
}

/** A server as the stack starts it; `folder` keeps its data. */
async function startServer(folder: string, persist = true): Promise<string> {
  const command = redisCommand(
    redisConfig({ port: innerPort, memoryBytes: 64 * 1024 ** 2, persist }),
  );
  const container = await bench.start({
    image: (await images()).images.redis.ref,
    user: 'redis',
    entrypoint: command.slice(0, 1),
    command: command.slice(1),
    tmpfs: [REDIS_RUN_FOLDER],
    readOnly: true,
    folders: { [folder]: '/data' },
  });
  await healthy(container.id);
  return container.id;
}

const healthy = (id: string) => eventually(() => execIn(id, redisHealthCommand(innerPort)));
const set = (id: string, wanted: RedisUsers, mode: 'add' | 'only') =>
  setRedisUsers(docker.getContainer(id), wanted, mode);

/** A command of the user who sets the others. */
const asAdmin = (id: string, command: string) =>
  execIn(id, ['/bin/sh', '-c', `echo '${command}' | ${users(3).cli.at(-1)}`]);

async function killAndStart(id: string): Promise<void> {
  await docker.getContainer(id).kill();
  await docker.getContainer(id).start();
  await healthy(id);
}

/** The URL that a backend gets for a version of the password. */
function urlOf(version: number): string {
  const template = redisUrl({
    user: redisUser(version),
    passwordSecret: 'redis',
    host: '127.0.0.1',
    port: innerPort,
    database: 0,
  });
  return fillTemplate(template, () => password(version));
}

/** A Redis command with the account and password of a version, by the URL that a backend gets. */
async function redis(id: string, version: number, ...command: string[]): Promise<string> {
  const url = urlOf(version);
  const answer = await execIn(id, ['redis-cli', '--no-auth-warning', '-u', url, ...command]);
  return answer.trim();
}

afterAll(() => bench.close());

describe('a server of the stack’s own', () => {
  let id: string;
  beforeAll(async () => {
    id = await startServer('data');
    await set(id, users(3, 2), 'add');
  });

  test('every living password opens, no other and nobody without', async () => {
    expect(await redis(id, 3, 'SET', 'a', '1')).toBe('OK');
    expect(await redis(id, 2, 'GET', 'a')).toBe('1');
    expect(await redis(id, 1, 'GET', 'a')).toContain('WRONGPASS');
    const anonymous = await execIn(id, ['redis-cli', '-p', String(innerPort), 'GET', 'a']);
    expect(anonymous).toContain('NOAUTH');
  });

  test('the backend’s user may do what queues, caches and sessions do, and not run the server', async () => {
    expect(await redis(id, 3, 'EVAL', "return redis.call('INCR', KEYS[1])", '1', 'n')).toBe('1');
    expect(await redis(id, 3, 'INFO', 'server')).toContain('redis_version');
    expect(await redis(id, 3, 'CLIENT', 'SETNAME', 'x')).toBe('OK');
    expect(await redis(id, 3, 'SCAN', '0')).toContain('a');
    expect(await redis(id, 3, 'PUBLISH', 'channel', 'x')).toBe('0');
    expect(await redis(id, 3, 'XADD', 's', '*', 'k', 'v')).toMatch(/^\d+-\d+$/);
    for (const command of [
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
      ['SHUTDOWN'],
      ['REPLICAOF', 'NO', 'ONE'],
    ]) {
      expect(await redis(id, 3, ...command)).toContain('NOPERM');
    }
  });

  test('it may not empty the server, hand its data over or leave programs in it, nor by a script', async () => {
    await redis(id, 3, 'SET', 'precious', '1');
    for (const command of [
      ['FLUSHALL'],
      ['FLUSHDB'],
      ['SWAPDB', '0', '1'],
      ['MIGRATE', '127.0.0.1', '1', 'precious', '0', '1'],
      ['RESTORE', 'x', '0', 'x'],
      ['DUMP', 'precious'],
      ['FUNCTION', 'FLUSH'],
      ['SCRIPT', 'FLUSH'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['CLIENT', 'LIST'],
      ['MODULE', 'LIST'],
      ['MONITOR'],
      ['SAVE'],
    ]) {
      expect(await redis(id, 3, ...command), command.join(' ')).toContain('NOPERM');
    }
    const script = "return redis.call('FLUSHALL')";
    expect(await redis(id, 3, 'EVAL', script, '0')).toMatch(/NOPERM|can't run this command/);
    expect(await redis(id, 3, 'GET', 'precious')).toBe('1');
    // Whoever looks for the reason of an error finds the command and the user.
    const log = await asAdmin(id, 'ACL LOG');
    expect(log).toContain('flushall');
    expect(log).toContain('medusa_v3');
  });

  test('a plugin’s commands are added, and taken away again', async () => {
    expect(await redis(id, 3, 'GEOADD', 'places', '1', '2', 'x')).toMatch(
      /^NOPERM .*has no permissions to run the 'geoadd' command/,
    );
    await set(id, usersWith(['geoadd'], 3, 2), 'add');
    expect(await redis(id, 3, 'GEOADD', 'places', '1', '2', 'x')).toBe('1');
    await expect(set(id, usersWith(['geeadd'], 3, 2), 'add')).rejects.toThrow(
      /'\+geeadd': Unknown command.*; if redis\.allow has geeadd, remove it there: this version of Redis has no such command$/s,
    );
    await set(id, users(3, 2), 'add');
    expect(await redis(id, 3, 'GEOADD', 'places', '1', '2', 'y')).toContain('NOPERM');
  });

  test('the administrator of the users reads no data', async () => {
    expect(await asAdmin(id, 'PING')).toBe('PONG\n');
    expect(await asAdmin(id, 'GET a')).toContain('NOPERM');
    expect(await asAdmin(id, 'CONFIG GET *')).toContain('NOPERM');
  });

  test('what was written is there after the server was killed, and its users come in', async () => {
    await redis(id, 3, 'SET', 'kept', 'yes');
    await synced(id, 3);
    await killAndStart(id);
    expect(await redis(id, 3, 'GET', 'kept')).toBe('yes');
    expect(await redis(id, 2, 'GET', 'kept')).toBe('yes');
    expect(await redis(id, 1, 'GET', 'kept')).toContain('WRONGPASS');
  });

  test('memory is bounded and nothing is evicted', async () => {
    const memory = await redis(id, 3, 'INFO', 'memory');
    expect(memory).toContain(`maxmemory:${48 * 1024 ** 2}`);
    expect(memory).toContain('maxmemory_policy:noeviction');
  });
});

describe('a password that changes', () => {
  let id: string;
  beforeAll(async () => {
    id = await startServer('rotated');
  });

  test('before the first users nobody comes in but the health check', async () => {
    expect(await redis(id, 1, 'PING')).toContain('WRONGPASS');
  });

  test('from 1 to 2 to 3: each works next to the one before until that is removed', async () => {
    const { StartedAt } = (await docker.getContainer(id).inspect()).State;
    await set(id, users(1), 'add');
    await set(id, users(1), 'only');
    for (const version of [2, 3]) {
      await set(id, users(version), 'add');
      expect(await redis(id, version - 1, 'SET', 'session', `of ${version - 1}`)).toBe('OK');
      expect(await redis(id, version, 'GET', 'session')).toBe(`of ${version - 1}`);
      await set(id, users(version), 'only');
      expect(await redis(id, version - 1, 'PING')).toContain('WRONGPASS');
      expect(await redis(id, version, 'GET', 'session')).toBe(`of ${version - 1}`);
    }
    // The server itself went on.
    expect((await docker.getContainer(id).inspect()).State.StartedAt).toBe(StartedAt);
  });

  test('with keep the one before goes on, over a restart too, and the one before that not', async () => {
    await set(id, users(4, 3), 'add');
    await set(id, users(4, 3), 'only');
    await set(id, users(5, 4), 'add');
    await set(id, users(5, 4), 'only');
    for (const round of ['now', 'after a restart']) {
      expect(await redis(id, 5, 'PING'), round).toBe('PONG');
      expect(await redis(id, 4, 'PING'), round).toBe('PONG');
      expect(await redis(id, 3, 'PING'), round).toContain('WRONGPASS');
      await killAndStart(id);
    }
  });

  test('connections of the old one are ended, those of the new one stay', async () => {
    await set(id, users(6, 5), 'add');
    const [old, current] = await Promise.all([openConnection(id, 5), openConnection(id, 6)]);
    const clients = async () => {
      const list = await redis(id, 6, 'INFO', 'clients');
      return Number(/connected_clients:(\d+)/.exec(list)?.[1]);
    };
    // Two that wait for an element, and the one that asks.
    await eventually(async () => expect(await clients()).toBe(3));
    await set(id, users(6), 'add');
    expect(await clients()).toBe(3);
    await set(id, users(6), 'only');
    await eventually(async () => expect(await clients()).toBe(2));
    await old.wait();
    expect(await redis(id, 6, 'LPUSH', 'queue', 'job')).toBe('1');
    await current.wait();
    expect(await current.output()).toBe('queue\njob\n');
    expect(await old.output()).not.toContain('job');
  });

  test('the same users again change nothing', async () => {
    await set(id, users(6), 'only');
    const before = await execIn(id, ['cat', '/data/users.acl']);
    await set(id, users(6), 'add');
    await set(id, users(6), 'only');
    expect(await execIn(id, ['cat', '/data/users.acl'])).toBe(before);
  });

  test('users that somebody else has made, and rights that somebody changed, go', async () => {
    const cli = users(6).cli.at(-1);
    await execIn(id, ['/bin/sh', '-c', `echo 'ACL SETUSER evil on nopass ~* +@all' | ${cli}`]);
    await execIn(id, ['/bin/sh', '-c', `echo 'ACL SETUSER ${redisUser(6)} -get' | ${cli}`]);
    expect(await redis(id, 6, 'GET', 'session')).toContain('NOPERM');
    await set(id, users(6), 'only');
    expect(await redis(id, 6, 'GET', 'session')).toBe('of 2');
    const list = await execIn(id, ['/bin/sh', '-c', `echo 'ACL USERS' | ${cli}`]);
    expect(list.trim().split('\n').sort()).toEqual(['default', 'medusa-infra', 'medusa_v6']);
  });

  test('what the server refuses is an error, without the digest', async () => {
    const wrong = { ...users(6), rules: '+no-such-command' };
    await expect(set(id, wrong, 'add')).rejects.toThrow(
      /^Redis refused to set its users: ERR Error in ACL SETUSER modifier '\+no-such-command': Unknown command/,
    );
    const account = { name: redisUser(6), passwordDigest: 'f'.repeat(63) };
    await expect(set(id, { ...users(6), accounts: [account] }, 'add')).rejects.toThrow(
      /Redis refused to set its users: /,
    );
    expect(await redis(id, 6, 'PING')).toBe('PONG');
  });

  test('a server that does not answer is an error', async () => {
    const cli = ['/bin/sh', '-c', 'exec redis-cli -p 1'];
    await expect(set(id, { ...users(6), cli }, 'only')).rejects.toThrow(
      /^Redis refused to set its users: Could not connect to Redis at 127\.0\.0\.1:1: Connection refused/,
    );
  });
});

describe('without persistence', () => {
  test('the users survive a restart, the data does not', async () => {
    const id = await startServer('volatile', false);
    await set(id, users(2, 1), 'add');
    expect(await redis(id, 2, 'SET', 'a', '1')).toBe('OK');
    await killAndStart(id);
    expect(await redis(id, 1, 'EXISTS', 'a')).toBe('0');
    expect(await redis(id, 2, 'PING')).toBe('PONG');
  });
});

describe('a volume of the earlier layout, with the users in a file of the container’s', () => {
  test('comes up with all its data', async () => {
    const digest = createHash('sha256').update(password(1)).digest('hex');
    const earlier = await bench.start({
      image: (await images()).images.redis.ref,
      user: 'redis',
      command: ['redis-server', '/etc/medusa-infra/redis.conf'],
      files: {
        '/run/secrets/REDIS_USERS': `user default reset\nuser medusa on #${digest} ~* &* +@all -@admin\n`,
        '/etc/medusa-infra/redis.conf': redisConfig({
          port: innerPort,
          memoryBytes: 64 * 1024 ** 2,
          persist: true,
        }).replace(/^aclfile .*$/m, 'include /run/secrets/REDIS_USERS'),
      },
      folders: { earlier: '/data' },
    });
    const url = `redis://medusa:${encodeURIComponent(password(1))}@127.0.0.1:${innerPort}/0`;
    const cli = (...command: string[]) =>
      execIn(earlier.id, ['redis-cli', '--no-auth-warning', '-u', url, ...command]);
    await eventually(async () => expect(await cli('SET', 'cart', 'full')).toBe('OK\n'));
    await earlier.stop();
    const id = await startServer('earlier');
    await set(id, users(1), 'add');
    expect(await redis(id, 1, 'GET', 'cart')).toBe('full');
  });
});

test('no password is in a log, in the arguments of a process or in what an inspection shows', async () => {
  const containers = bench.containers();
  expect(containers.length).toBeGreaterThan(3);
  for (const container of containers) {
    const { State } = await container.inspect();
    const processes = State.Running ? (await container.top()).Processes : [];
    const shown = JSON.stringify([
      processes,
      await container.inspect(),
      await logsOf(container.id),
    ]);
    expect(shown).not.toContain('ass\\"w');
    if (!State.Running) continue;
    const admin = await execIn(container.id, ['cat', `${REDIS_RUN_FOLDER}/admin-password`]);
    expect(admin).toMatch(/^[0-9a-f]{64}$/);
    expect(shown).not.toContain(admin);
    expect(await execIn(container.id, ['cat', '/data/users.acl'])).not.toContain(admin);
  }
});

/** Waits until the server has handed every write so far to the file; it reports that itself. */
async function synced(id: string, version: number): Promise<void> {
  await eventually(async () => {
    const status = await redis(id, version, 'INFO', 'persistence');
    expect(status).toMatch(/aof_buffer_length:0\r?\n/);
  });
}

/** A client that is logged in and waits for an element of the list `queue`. */
async function openConnection(id: string, version: number) {
  const url = urlOf(version);
  const running = execIn(id, [
    ...['redis-cli', '--no-auth-warning', '-u', url],
    ...['BLPOP', 'queue', '60'],
  ]).catch((error: Error) => error.message);
  return { wait: () => running, output: () => running };
}
