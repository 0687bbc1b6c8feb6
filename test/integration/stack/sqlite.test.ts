import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execIn, idsByComponent, leftovers, runningOf, volumesOf } from '../../support/engine.ts';
import { backendEnvironment } from '../../support/facts.ts';
import { get, logIn, post, productTitles } from '../../support/http.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { sqliteStore } from '../../support/sqlite-store.ts';

// A real Medusa 1.11, the last release that reads `database_type: sqlite`: no PostgreSQL, no Redis.
const stack = 'dev';
const admin = { email: 'admin@example.com', password: 'a long enough one' };
let project: TestProject;
let url: string;
let described: object & { backend: { env: Record<string, string> } };

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  const port = await freePort();
  url = `http://localhost:${port}`;
  described = {
    target: 'docker',
    environment: 'development',
    backend: {
      image: { build: await sqliteStore(join(project.folder, 'store')) },
      cpu: '2',
      env: { GREETING: 'hello' },
    },
    edge: { port },
    database: { type: 'sqlite' },
    redis: false,
    modules: {
      cacheService: { resolve: '@medusajs/cache-inmemory', options: { ttl: 30 } },
      eventBus: { resolve: '@medusajs/event-bus-local' },
    },
  } as typeof described;
  project.writeStack(stack, described);
  const { seconds } = await project.up(stack);
  console.log(`fresh up on sqlite: ${seconds.toFixed(1)} s`);
});

afterAll(() => project.cleanup());

describe('database.type sqlite', () => {
  test('starts the backend and the edge alone, with a volume for each of them', async () => {
    expect(Object.keys(await idsByComponent(project.name, stack)).sort()).toEqual([
      'backend',
      'edge',
    ]);
    expect(await volumesOf(project.name)).toEqual(
      ['edge-data', 'sqlite-data', 'uploads'].map((name) => `${project.name}-dev-${name}`),
    );
    expect(await get(`${url}/health`)).toEqual({ status: 200, body: 'OK' });
    const env = await backendEnvironment(project.name, stack);
    expect(env).toMatchObject({
      DATABASE_TYPE: 'sqlite',
      DATABASE_DATABASE: expect.stringMatching(/^\/.+\/medusa-db\.sql$/),
    });
    expect(env['DATABASE_URL']).toBeUndefined();
    expect(env['REDIS_URL']).toBeUndefined();
    const [backend] = await runningOf(project.name, stack, 'backend');
    const head = ['head', '-c', '15', env['DATABASE_DATABASE'] ?? ''];
    expect(await execIn(backend?.id ?? '', head)).toBe('SQLite format 3');
  });

  test('keeps its data when the backend is replaced, and over destroy', async () => {
    const [backend] = await runningOf(project.name, stack, 'backend');
    const user = [
      'node',
      'node_modules/.bin/medusa',
      'user',
      '-e',
      admin.email,
      '-p',
      admin.password,
    ];
    await execIn(backend?.id ?? '', user);
    const { cookie } = await logIn(url, admin.email, admin.password);
    const created = await post(
      `${url}/admin/products`,
      { title: 'A product in a file', status: 'published' },
      { cookie },
    );
    expect(created.status).toBe(200);
    expect(await productTitles(url)).toEqual(['A product in a file']);

    described.backend.env['GREETING'] = 'good morning';
    project.writeStack(stack, described);
    await project.up(stack);
    expect(await productTitles(url)).toEqual(['A product in a file']);

    const destroyed = await project.run(['destroy', '-s', stack, '--yes']);
    expect(destroyed.code).toBe(0);
    expect(await leftovers(project.name)).toEqual(
      ['sqlite-data', 'uploads'].map((name) => `volume ${project.name}-dev-${name}`),
    );
    await project.up(stack);
    expect(await productTitles(url)).toEqual(['A product in a file']);
    await logIn(url, admin.email, admin.password);
  });

  test('changes nothing at another up', async () => {
    const preview = await project.run(['preview', '-s', stack, '--expect-no-changes']);
    expect(preview.code, preview.stdout).toBe(0);
  });

  test('names a network that somebody has put a container into, and leaves it', async () => {
    const edge = `${project.name}-${stack}-edge`;
    await execa('docker', ['network', 'connect', 'bridge', edge]);
    const { code, stderr } = await project.run(['up', '-s', stack, '--yes']);
    expect(stderr).toContain(
      `warning: ${edge} is also in the network bridge, whose other containers can reach it; unless you want that: docker network disconnect bridge ${edge}\n`,
    );
    expect(stderr).toMatch(/^nothing changed, /m);
    expect(code).toBe(0);
  });
});
