import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageLock } from '../../../src/derive/plan.ts';
import { ensureImages } from '../../../src/images/ensure.ts';
import { docker, execIn, logsOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';

/**
 * What this project uses of the official images' contract. Runs against the images that this
 * machine has: the official ones, or those from Debian packages.
 */
const prefix = `medusa-infra-images-${randomBytes(4).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
const containers: Docker.Container[] = [];
const volumes: string[] = [];
let network: Docker.Network;
let images: ImageLock['images'];
let source: ImageLock['source'];

interface Settings {
  readonly env?: Readonly<Record<string, string>>;
  /** Path in the container -> text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Volume -> path. */
  readonly volumes?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly user?: string;
  /** All capabilities dropped but these, no new privileges. */
  readonly capabilities?: readonly string[];
  readonly alias?: string;
}

async function start(image: string, settings: Settings = {}): Promise<Docker.Container> {
  const binds = Object.entries(settings.volumes ?? {}).map(([name, path]) => {
    if (!volumes.includes(`${prefix}-${name}`)) volumes.push(`${prefix}-${name}`);
    return `${prefix}-${name}:${path}`;
  });
  for (const [path, text] of Object.entries(settings.files ?? {})) {
    const file = join(folder, `${containers.length}-${path.replaceAll('/', '_')}`);
    writeFileSync(file, text, { mode: 0o644 });
    binds.push(`${file}:${path}:ro`);
  }
  const container = await docker.createContainer({
    name: `${prefix}-${containers.length}`,
    Image: image,
    Cmd: settings.command && [...settings.command],
    User: settings.user,
    Env: Object.entries(settings.env ?? {}).map(([name, value]) => `${name}=${value}`),
    HostConfig: {
      Binds: binds,
      ...(settings.capabilities && {
        CapDrop: ['ALL'],
        CapAdd: [...settings.capabilities],
        SecurityOpt: ['no-new-privileges'],
      }),
    },
    NetworkingConfig: {
      EndpointsConfig: { [prefix]: { Aliases: settings.alias ? [settings.alias] : [] } },
    },
  });
  containers.push(container);
  await container.start();
  return container;
}

/** Code and output of a container that ends by itself. */
async function run(image: string, settings: Settings): Promise<{ code: number; log: string }> {
  const container = await start(image, settings);
  const { StatusCode } = (await container.wait()) as { StatusCode: number };
  return { code: StatusCode, log: await logsOf(container.id) };
}

/** Real user ID of the process with number 1. */
async function firstUser(container: Docker.Container): Promise<string> {
  const status = await execIn(container.id, ['cat', '/proc/1/status']);
  return /^Uid:\s+(\d+)/m.exec(status)?.[1] ?? '';
}

beforeAll(async () => {
  ({ images, source } = await ensureImages({ source: 'auto', wanted: {}, log: console.error }));
  network = await docker.createNetwork({ Name: prefix });
});

afterAll(async () => {
  await Promise.all(containers.map((container) => container.remove({ force: true, v: true })));
  await Promise.all(volumes.map((name) => docker.getVolume(name).remove({ force: true })));
  await network?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('postgres', () => {
  const data = '/var/lib/postgresql/data';
  const psql = (container: Docker.Container, args: readonly string[]) =>
    execIn(container.id, ['psql', '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...args]);
  const ready = (container: Docker.Container, user = 'postgres') =>
    eventually(() => execIn(container.id, ['pg_isready', '-h', '127.0.0.1', '-U', user]));
  const overNetwork = (database: string, user: string, password: string) =>
    run(images.postgres.ref, {
      env: { PGPASSWORD: password, PGCONNECT_TIMEOUT: '5' },
      command: [
        'psql',
        '-X',
        '-A',
        '-t',
        '-h',
        database,
        '-U',
        user,
        '-d',
        'shop',
        '-c',
        'SELECT 1',
      ],
    });

  test('user, database, password file, init files, authentication, and a second start', async () => {
    const settings: Settings = {
      alias: 'first-database',
      env: {
        POSTGRES_USER: 'store keeper',
        POSTGRES_DB: 'shop',
        POSTGRES_PASSWORD_FILE: '/run/secrets/password',
        POSTGRES_INITDB_ARGS: '--data-checksums --lc-messages="C"',
        PGDATA: data,
      },
      files: {
        '/run/secrets/password': `pa'ss w"ord$\\\n`,
        '/docker-entrypoint-initdb.d/1.sql':
          'CREATE EXTENSION pg_trgm; CREATE TABLE first (made int); INSERT INTO first VALUES (1);',
        '/docker-entrypoint-initdb.d/2.sh':
          'if pg_isready -h 127.0.0.1; then exit 1; fi\n' +
          'psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "INSERT INTO first VALUES (2)"',
      },
      volumes: { data },
    };
    const first = await start(images.postgres.ref, settings);
    await ready(first, 'store keeper');
    const local = ['-U', 'store keeper', '-d', 'shop', '-c'];
    expect(await psql(first, [...local, 'SELECT made FROM first ORDER BY 1'])).toBe('1\n2\n');
    expect(await psql(first, [...local, 'SHOW data_checksums'])).toBe('on\n');
    expect(await psql(first, [...local, 'SHOW data_directory'])).toBe(`${data}\n`);
    expect(await psql(first, [...local, 'SHOW listen_addresses'])).toBe('*\n');
    expect(await psql(first, [...local, 'SHOW password_encryption'])).toBe('scram-sha-256\n');
    expect(await psql(first, [...local, "SELECT similarity('medusa', 'medusa')"])).toBe('1\n');
    expect((await psql(first, [...local, 'SHOW server_version'])).split(' ')[0]?.trim()).toBe(
      images.postgres.version,
    );
    expect(await firstUser(first)).toBe('999');
    expect(await execIn(first.id, ['pg_dump', '-U', 'store keeper', '-s', 'shop'])).toContain(
      'CREATE TABLE public.first',
    );

    const right = await overNetwork('first-database', 'store keeper', `pa'ss w"ord$\\`);
    expect(right).toEqual({ code: 0, log: '1\n' });
    const wrong = await overNetwork('first-database', 'store keeper', 'wrong');
    expect(wrong.code).toBe(2);
    expect(wrong.log).toContain('password authentication failed for user "store keeper"');

    const stopping = Date.now();
    await first.stop({ t: 60 });
    expect(Date.now() - stopping).toBeLessThan(15_000);
    expect((await first.inspect()).State.ExitCode).toBe(0);
    expect((await first.inspect()).Config).toMatchObject({ StopSignal: 'SIGINT' });

    const { '/docker-entrypoint-initdb.d/2.sh': _, ...files } = settings.files ?? {};
    const second = await start(images.postgres.ref, {
      ...settings,
      alias: 'second-database',
      files: { ...files, '/run/secrets/password': 'another' },
    });
    await ready(second, 'store keeper');
    expect(await psql(second, [...local, 'SELECT count(*) FROM first'])).toBe('2\n');
    const again = await overNetwork('second-database', 'store keeper', `pa'ss w"ord$\\`);
    expect(again).toEqual({ code: 0, log: '1\n' });
  });

  test('runs as its own user, without a capability', async () => {
    const container = await start(images.postgres.ref, {
      env: { POSTGRES_PASSWORD: 'secret', PGDATA: data },
      volumes: { closed: data },
      user: '999:999',
      capabilities: [],
    });
    await ready(container);
    expect(await psql(container, ['-U', 'postgres', '-c', 'SELECT current_user'])).toBe(
      'postgres\n',
    );
  });

  test('the server of an image built here does not keep the password in its environment', async () => {
    const container = await start(images.postgres.ref, {
      env: { POSTGRES_PASSWORD: 'very-secret', PGDATA: data },
      user: '999:999',
    });
    await ready(container);
    const environment = await execIn(container.id, ['cat', '/proc/1/environ']);
    // The official image's server does keep it: the kit gives it one that nobody uses.
    expect(environment.includes('very-secret')).toBe(source === 'official');
  });

  test('without a password it does not start, unless the network is trusted', async () => {
    const refused = await run(images.postgres.ref, { env: { PGDATA: data } });
    expect(refused.code).toBe(1);
    expect(refused.log).toMatch(/POSTGRES_PASSWORD/);
    const trusting = await start(images.postgres.ref, {
      alias: 'trusting',
      env: { POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_DB: 'shop', PGDATA: data },
    });
    await ready(trusting);
    expect(await overNetwork('trusting', 'postgres', '')).toEqual({ code: 0, log: '1\n' });
  });

  test('a password given twice is refused', async () => {
    const both = await run(images.postgres.ref, {
      env: { POSTGRES_PASSWORD: 'a', POSTGRES_PASSWORD_FILE: '/x', PGDATA: data },
    });
    expect(both.code).toBe(1);
    expect(both.log).toMatch(/POSTGRES_PASSWORD.*POSTGRES_PASSWORD_FILE/);
  });

  test('other commands and bare options go through', async () => {
    expect(
      await run(images.postgres.ref, { command: ['sh', '-c', 'echo $((40 + 2))'] }),
    ).toMatchObject({ code: 0, log: '42\n' });
    const container = await start(images.postgres.ref, {
      env: { POSTGRES_PASSWORD: 'secret', PGDATA: data },
      command: ['-c', 'max_connections=33'],
    });
    await ready(container);
    expect(await psql(container, ['-U', 'postgres', '-c', 'SHOW max_connections'])).toBe('33\n');
  });
});

describe('redis', () => {
  const cli = (container: Docker.Container, ...args: string[]) =>
    execIn(container.id, ['redis-cli', '--no-auth-warning', ...args]);
  const ready = (container: Docker.Container, ...args: string[]) =>
    eventually(async () => expect(await cli(container, ...args, 'PING')).toBe('PONG\n'));

  test('a config file with a password, another user than root, and data that stays', async () => {
    const settings: Settings = {
      files: { '/etc/medusa-infra/redis.conf': 'requirepass hidden\nappendonly yes\n' },
      volumes: { redis: '/data' },
      command: ['/etc/medusa-infra/redis.conf'],
    };
    const first = await start(images.redis.ref, settings);
    await ready(first, '-a', 'hidden');
    expect(await cli(first, 'GET', 'x')).toBe('NOAUTH Authentication required.\n\n');
    expect(await firstUser(first)).toBe('999');
    await cli(first, '-a', 'hidden', 'SET', 'x', 'kept');
    await first.stop({ t: 30 });
    const second = await start(images.redis.ref, settings);
    await ready(second, '-a', 'hidden');
    expect(await cli(second, '-a', 'hidden', 'GET', 'x')).toBe('kept\n');
    expect(await execIn(second.id, ['stat', '-c', '%u:%g', '/data/appendonlydir'])).toBe(
      '999:999\n',
    );
    expect(
      (await cli(second, '-a', 'hidden', 'INFO', 'server')).match(/redis_version:(\S+)/)?.[1],
    ).toBe(images.redis.version);
  });

  test('runs as its own user, without a capability', async () => {
    const container = await start(images.redis.ref, { user: '999:999', capabilities: [] });
    await ready(container);
    expect(await cli(container, 'CONFIG', 'GET', 'dir')).toBe('dir\n/data\n');
  });

  test('answers other containers without a config file, with options alone too', async () => {
    await start(images.redis.ref, { alias: 'bare' });
    await start(images.redis.ref, { alias: 'options', command: ['--maxmemory', '10mb'] });
    for (const alias of ['bare', 'options']) {
      await eventually(async () =>
        expect(
          await run(images.redis.ref, { command: ['redis-cli', '-h', alias, 'PING'] }),
        ).toEqual({ code: 0, log: 'PONG\n' }),
      );
    }
  });
});

describe('node', () => {
  test('a user node with the number 1000, node and npm', async () => {
    const { code, log } = await run(images.node.ref, {
      user: 'node',
      capabilities: [],
      command: [
        'sh',
        '-ec',
        'id -u; id -g; node -p process.version; npm --version; touch ~/x; node -e "fetch(\'data:,ok\').then(async (r) => console.log(await r.text()))"',
      ],
    });
    expect(log.split('\n').slice(0, 3)).toEqual(['1000', '1000', `v${images.node.version}`]);
    expect(log.split('\n')[3]).toMatch(/^\d+\.\d+\.\d+$/);
    expect(log.split('\n')[4]).toBe('ok');
    expect(code).toBe(0);
  });

  test('without a command it is node', async () => {
    expect((await docker.getImage(images.node.ref).inspect()).Config.Cmd).toEqual(['node']);
  });
});

describe('edge', () => {
  test('proxies by a Caddyfile at the usual place, with one capability only', async () => {
    await start(images.node.ref, {
      alias: 'upstream',
      command: [
        'node',
        '-e',
        'require("http").createServer((q, r) => r.end("hello " + q.url)).listen(9000)',
      ],
    });
    const edge = await start(images.edge.ref, {
      alias: 'edge',
      capabilities: ['NET_BIND_SERVICE'],
      files: { '/etc/caddy/Caddyfile': ':80 {\n\treverse_proxy upstream:9000\n}\n' },
    });
    const get =
      'fetch("http://edge/shop").then(async (r) => console.log(r.status, await r.text()))';
    await eventually(async () =>
      expect(await run(images.node.ref, { command: ['node', '-e', get] })).toEqual({
        code: 0,
        log: '200 hello /shop\n',
      }),
    );
    const { Config } = await edge.inspect();
    expect(Config.Cmd).toEqual([
      'caddy',
      'run',
      '--config',
      '/etc/caddy/Caddyfile',
      '--adapter',
      'caddyfile',
    ]);
    expect(Config.Env).toEqual(
      expect.arrayContaining(['XDG_CONFIG_HOME=/config', 'XDG_DATA_HOME=/data']),
    );
    expect(await execIn(edge.id, ['caddy', 'version'])).toContain(images.edge.version);
  });
});
