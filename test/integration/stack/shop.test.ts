import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditPage } from '../../support/container-audit.ts';
import {
  containersOf,
  docker,
  execIn,
  idsByComponent,
  networksOf,
  runningOf,
  volumesOf,
} from '../../support/engine.ts';
import { backendEnvironment, containerFacts, processUsers, sql } from '../../support/facts.ts';
import { get, logIn, probe, productTitles } from '../../support/http.ts';
import { findLeaks, generatedValues } from '../../support/leaks.ts';
import { freePort } from '../../support/ports.ts';
import { type CommandResult, repository, TestProject } from '../../support/project.ts';
import { reach, readOnHost } from '../../support/reach.ts';
import { seededAdmin, seededTitles, shopStack } from '../../support/stacks.ts';
import { visiblePlaces } from '../../support/visible.ts';

let project: TestProject;
let port: number;
let url: string;
let firstUp: CommandResult;

beforeAll(async () => {
  project = await TestProject.create();
  port = await freePort();
  url = `http://localhost:${port}`;
  project.writeStack('dev', shopStack(port));
  await project.run(['preview', '-s', 'dev']);
  firstUp = await project.up('dev');
  console.log(`fresh up: ${firstUp.seconds.toFixed(1)} s`);
});

afterAll(() => project.cleanup());

const stack = 'dev';
const METADATA = '169.254.169.254:80';
const query = (text: string) => sql(project.name, stack, text);

async function components() {
  const found = await containersOf(project.name, stack);
  const one = (component: string) => found.find((each) => each.component === component)?.id ?? '';
  const { Image: image } = await docker.getContainer(one('backend')).inspect();
  return { image, one };
}

/** A service of the host at all of its addresses. */
async function listenOnHost() {
  const server = createServer((socket) => socket.end('here')).listen(0, '0.0.0.0');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('a fresh up', () => {
  test('answers, knows its admin user and lists the seeded products', async () => {
    expect(firstUp.stdout).toContain(url);
    expect(await get(`${url}/health`)).toEqual({ status: 200, body: 'OK' });
    expect(await productTitles(url)).toEqual(seededTitles);
    const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
    const { status, body } = await get(`${url}/admin/auth`, { cookie });
    expect(status).toBe(200);
    expect(body).toMatchObject({ user: { email: seededAdmin.email } });
    expect((await get(`${url}/admin/auth`)).status).toBe(401);
  });

  test('puts tables and enum types into the named schema and nowhere else', async () => {
    const system = `('pg_catalog', 'information_schema', 'pg_toast')`;
    expect(
      await query(
        `SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_schema NOT IN ${system}`,
      ),
    ).toEqual(['shop']);
    const [tables] = await query(
      `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'shop'`,
    );
    expect(Number(tables)).toBeGreaterThan(80);
    expect(
      await query(
        `SELECT DISTINCT nspname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e'`,
      ),
    ).toEqual(['shop']);
    expect(
      await query(
        `SELECT extname, nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname <> 'plpgsql'`,
      ),
    ).toEqual(['pg_trgm|extensions']);
    expect(
      await query(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`),
    ).toEqual([]);
    expect(
      await query(
        `SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'shop'::regnamespace`,
      ),
    ).toEqual(['medusa']);
  });

  test('gives the backend its variables, the secret ones by file at exec', async () => {
    const env = await backendEnvironment(project.name, stack);
    const shown = await project.run(['env', '-s', 'dev', '--format', 'json', '--show-secrets'], {
      unrecorded: true,
    });
    expect(shown.code).toBe(0);
    const expected = JSON.parse(shown.stdout) as Record<string, string>;
    // An image's own variables come on top.
    expect(env).toMatchObject(expected);
    expect(expected).toMatchObject({
      NODE_ENV: 'development',
      PORT: '9000',
      HOME: '/tmp',
      DATABASE_TYPE: 'postgres',
      DATABASE_SCHEMA: 'shop',
      DATABASE_EXTRA: '{"min":0,"max":8}',
      DATABASE_LOGGING: 'false',
      REDIS_PREFIX: `${project.name}-dev:`,
      ADMIN_CORS: 'http://localhost:7000,http://localhost:7001',
      STORE_CORS: 'http://localhost:8000',
      MEDUSA_BACKEND_URL: url,
      GREETING: 'hello',
    });
    const database = new URL(expected['DATABASE_URL'] ?? '');
    expect(database.username).toBe('medusa_a');
    expect(database.pathname).toBe('/medusa');
    expect(database.searchParams.get('options')).toBe('-c search_path=shop,extensions');
    expect(JSON.parse(expected['MEDUSA_MODULES'] ?? '')).toMatchObject({
      cacheService: { resolve: '@medusajs/cache-inmemory', options: { ttl: 30 } },
      eventBus: { resolve: '@medusajs/event-bus-redis' },
    });
  });

  test('makes closed, limited, labelled containers and publishes the edge alone', async () => {
    const found = await containersOf(project.name, stack);
    const components = found.map(({ component }) => component).sort();
    expect(components).toEqual([
      'backend',
      'database',
      'edge',
      'prepare-migrate',
      'prepare-sql',
      'redis',
    ]);
    for (const { id, component } of found) {
      const job = component.startsWith('prepare-');
      expect({ component, ...(await containerFacts(id)) }).toEqual({
        component,
        hostsNamespaces: [],
        devices: [],
        hostFolders: [],
        securityOpt: ['no-new-privileges'],
        capDrop: ['ALL'],
        // Caddy's binary carries this capability, and does not start where it is refused.
        capAdd: component === 'edge' ? ['CAP_NET_BIND_SERVICE'] : [],
        privileged: false,
        restart: job ? 'no' : 'unless-stopped',
        log: { driver: 'json-file', 'max-file': '3', 'max-size': '10m' },
        memoryLimited: true,
        cpuLimited: true,
        processesLimited: true,
        published: component === 'edge' ? [`127.0.0.1:${port}`] : [],
        labels: { project: project.name, stack },
      });
      if (!job) expect(await processUsers(id), component).not.toContain(0);
    }
    expect(await volumesOf(project.name)).toEqual(
      ['edge-data', 'postgres-data', 'postgres-socket', 'redis-data', 'uploads'].map(
        (name) => `${project.name}-dev-${name}`,
      ),
    );
    expect(await networksOf(project.name)).toEqual(
      ['', '-data', '-metadata'].map((name) => `${project.name}-dev${name}`),
    );
  });

  test('lets a container reach what it needs: data has no way out, the edge no way to it', async () => {
    const { image, one } = await components();
    const addressOf = async (component: string, port: number) => {
      const { NetworkSettings } = await docker.getContainer(one(component)).inspect();
      return `${Object.values(NetworkSettings.Networks)[0]?.IPAddress}:${port}`;
    };
    const database = await addressOf('database', 5432);
    const redis = await addressOf('redis', 6379);
    const host = await listenOnHost();
    const gateway = (await docker.getNetwork(`${project.name}-dev`).inspect()).IPAM?.Config?.[0]
      ?.Gateway;
    expect(await reach(image, one('backend'), ['database:5432', 'redis:6379', METADATA])).toEqual({
      'database:5432': 'N',
      'redis:6379': '-NOAUTH',
      [METADATA]: 'ECONNREFUSED',
    });
    const found = await reach(image, one('edge'), [database, redis]);
    expect(found[database]).not.toBe('N');
    expect(found[redis]).not.toBe('-NOAUTH');
    const outside = [METADATA, `${gateway}:${host.port}`];
    expect(await reach(image, one('backend'), outside.slice(1))).toEqual({
      [outside[1] as string]: 'here',
    });
    for (const component of ['database', 'redis']) {
      for (const answer of Object.values(await reach(image, one(component), outside))) {
        expect(answer, component).toMatch(/^E|^silent$/);
      }
    }
    host.close();
  });

  test('keeps the secrets of its processes from users of the host with the same number', async () => {
    const { image, one } = await components();
    for (const component of ['backend', 'database', 'redis']) {
      const { State } = await docker.getContainer(one(component)).inspect();
      const read = (file: string, user: string) =>
        readOnHost(image, `/proc/${State.Pid}/${file}`, user);
      const uid = /^Uid:\s+(\d+)/m.exec(await read('status', '65534'))?.[1];
      expect(Number(uid), component).toBeGreaterThan(0);
      for (const file of ['environ', 'root/etc/passwd']) {
        expect(await read(file, `${uid}:${uid}`), component).toBe('EACCES');
        // So it is the group that keeps it.
        expect(await read(file, `${uid}:65525`), component).not.toBe('EACCES');
      }
    }
  });

  test('makes containers that may do what docs/containers.md says', async () => {
    await expect(await auditPage(project.name, stack, port)).toMatchFileSnapshot(
      join(repository, 'docs/containers.md'),
    );
  });
});

describe('another up', () => {
  test('changes nothing when nothing changed', async () => {
    const before = await containersOf(project.name, stack);
    const result = await project.run(['up', '-s', 'dev', '--yes', '--json']);
    expect(result.code).toBe(0);
    console.log(`no-op up: ${result.seconds.toFixed(1)} s`);
    const report = JSON.parse(result.stdout) as { changes: unknown[]; counts: object };
    expect(report.changes).toEqual([]);
    expect(Object.keys(report.counts)).toEqual(['same']);
    expect(await containersOf(project.name, stack)).toEqual(before);
  });

  test('finds no change when plain pulumi looks at the stack', async () => {
    const result = await project.pulumi('dev', [
      'up',
      '--yes',
      '--expect-no-changes',
      '--stack',
      'dev',
    ]);
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/Resources:\s+\d+ unchanged/);
  });

  test('replaces only the backend for a changed variable, and answers meanwhile', async () => {
    const before = await idsByComponent(project.name, stack);
    const changed = shopStack(port);
    changed.backend.env.GREETING = 'good morning';
    project.writeStack('dev', changed);
    const asking = probe(`${url}/store/products`);
    await project.up('dev');
    const report = await asking.stop();
    console.log('one variable changed:', report);
    const { backend, ...others } = await idsByComponent(project.name, stack);
    expect(others).toEqual({
      database: before['database'],
      redis: before['redis'],
      edge: before['edge'],
    });
    expect(backend).toHaveLength(1);
    expect(backend).not.toEqual(before['backend']);
    expect((await backendEnvironment(project.name, stack))['GREETING']).toBe('good morning');
    expect(report.failures).toEqual([]);
  });

  test('restores what was stopped or removed by hand', async () => {
    const before = await idsByComponent(project.name, stack);
    const only = async (component: string) => {
      const [container] = await runningOf(project.name, stack, component);
      return docker.getContainer(container?.id ?? '');
    };
    await (await only('redis')).stop();
    await (await only('edge')).remove({ force: true, v: true });
    await (await only('backend')).remove({ force: true, v: true });
    await project.up('dev');
    expect(await get(`${url}/health`)).toEqual({ status: 200, body: 'OK' });
    expect(await productTitles(url)).toEqual(seededTitles);
    const after = await idsByComponent(project.name, stack);
    expect(Object.keys(after).sort()).toEqual(['backend', 'database', 'edge', 'redis']);
    expect(after['database']).toEqual(before['database']);
  });
});

describe('the other commands', () => {
  test('status, logs and plan show the stack', async () => {
    const status = await project.run(['status', '-s', 'dev']);
    expect(status.code).toBe(0);
    for (const component of ['backend', 'database', 'redis', 'edge']) {
      expect(status.stdout).toContain(component);
    }
    const logs = await project.run(['logs', 'backend', '-s', 'dev', '--tail', '500']);
    expect(logs.code).toBe(0);
    expect(logs.stdout).toContain('Server is ready on port: 9000');
    const plan = await project.run(['plan', '-s', 'dev']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('DATABASE_SCHEMA');
  });

  test('env masks the secrets', async () => {
    const { code, stdout } = await project.run(['env', '-s', 'dev']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toContain('DATABASE_SCHEMA=shop');
    expect(stdout).toMatch(/^JWT_SECRET=["']?\*\*\*["']?$/m);
    expect(stdout).toMatch(/^DATABASE_URL=["']?\*\*\*["']?$/m);
  });
});

describe('the generated values', () => {
  test('are nowhere but in the containers’ secret files and processes', async () => {
    const exported = await project.pulumi('dev', [
      'stack',
      'export',
      '--show-secrets',
      '--stack',
      'dev',
    ]);
    const values = generatedValues(exported.stdout);
    expect(Object.keys(values).sort()).toHaveLength(4);
    const places = await visiblePlaces(project, stack);
    expect(places.length).toBeGreaterThan(20);
    expect(findLeaks(values, places)).toEqual([]);
    // The search itself works: where the values must be, it finds them.
    const [backend] = await runningOf(project.name, stack, 'backend');
    const files = await execIn(backend?.id ?? '', ['/bin/sh', '-c', 'cat /run/secrets/*']);
    expect(findLeaks(values, [{ place: 'secret files', text: files }])).toHaveLength(4);
  });

  test('are gone from the jobs that have ended', async () => {
    const ended = (await containersOf(project.name, stack)).filter(
      ({ state }) => state === 'exited',
    );
    expect(ended.map(({ component }) => component).sort()).toEqual([
      'prepare-migrate',
      'prepare-sql',
    ]);
    for (const { id } of ended) {
      const { stdout } = await execa(
        'sh',
        ['-c', 'docker cp "$1:/run/secrets" - | tar -tvf - --wildcards "secrets/*"', 'sh', id],
        { stdin: 'ignore' },
      );
      const sizes = stdout
        .split('\n')
        .filter((line) => line.startsWith('-'))
        .map((line) => line.split(/\s+/)[2]);
      expect(sizes.length).toBeGreaterThan(0);
      expect(new Set(sizes)).toEqual(new Set(['0']));
    }
  });
});
