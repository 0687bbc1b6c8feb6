import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import seed from '../../../backend/data/seed.json' with { type: 'json' };
import { runtimeScript } from '../../../src/bundle.ts';
import { buildImage, outputOf } from '../../../src/docker/images.ts';
import { prepareBuildContext } from '../../../src/images/build-context.ts';
import { ensureImages } from '../../../src/images/ensure.ts';
import { backendImage } from '../../support/backend-image.ts';
import { docker } from '../../support/engine.ts';
import { type Servers, startServers, type TestDatabase } from '../../support/servers.ts';
import { storeFolder } from '../../support/stacks.ts';

let image: string;

beforeAll(async () => {
  image = await backendImage();
});

describe('the image of the store', () => {
  test('small, not root, without development files and without the host’s certificates', async () => {
    const { Config, Size } = await docker.getImage(image).inspect();
    const base = (await ensureImages({ source: 'auto', wanted: {}, log: () => undefined })).images
      .node;
    const below = (await docker.getImage(base.ref).inspect()).Size;
    expect(Config.User).toBe('1000:1000');
    expect((Size - below) / 1e6).toBeLessThan(90);
    const unwanted = await outputOf(docker, image, [
      'sh',
      '-c',
      'find / -xdev \\( -name ca.crt -o -name .medusa-infra -o -path "/app/*.map" -o -path "/app/*.d.ts" -o -path "/app/Dockerfile" \\) -not -path "/proc/*" 2>/dev/null; find /app -writable -not -type l',
    ]);
    expect(unwanted.trim()).toBe('/app/uploads');
  });

  test('a folder with its own Dockerfile builds, also behind private authorities', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-backend-'));
    const tag = `medusa-infra-test-own:${randomBytes(4).toString('hex')}`;
    try {
      writeFileSync(
        join(folder, 'Dockerfile'),
        'ARG NODE_IMAGE\nFROM ${NODE_IMAGE} AS build\nWORKDIR /shop\nCOPY package.json .\nRUN npm install\nFROM ${NODE_IMAGE}\nCOPY --from=build /shop /shop\n',
      );
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ name: 'own', version: '1.0.0', dependencies: { ms: '2.1.3' } }),
      );
      const { images } = await ensureImages({ source: 'auto', wanted: {}, log: () => undefined });
      const { context, args } = await prepareBuildContext(
        { build: folder, dockerfile: 'Dockerfile', args: {} },
        { nodeImage: images.node },
      );
      await buildImage(docker, context, readdirSync(context), { tag, buildArgs: args });
      expect(
        await outputOf(docker, tag, [
          'node',
          '-e',
          "console.log(String(require('/shop/node_modules/ms')('2h')))",
        ]),
      ).toBe('7200000\n');
      expect(
        await outputOf(docker, tag, ['sh', '-c', 'ls /etc/medusa-infra 2>&1 || true']),
      ).toMatch(/No such file/);
      expect((await docker.getImage(tag).inspect()).Config.Env).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)=/)]),
      );
    } finally {
      await docker
        .getImage(tag)
        .remove({ force: true })
        .catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a build with an empty cache folder', () => {
  test.each([0o077, 0o000])('gives the same files: umask %i', async (mask) => {
    const cache = mkdtempSync(join(tmpdir(), 'umask-cache-'));
    const usual = process.umask(mask);
    vi.stubEnv('MEDUSA_INFRA_CACHE', cache);
    let built: string | undefined;
    try {
      const { images } = await ensureImages({ source: 'auto', wanted: {}, log: () => undefined });
      const { context, args } = await prepareBuildContext(
        { build: storeFolder, dockerfile: 'Dockerfile', args: {} },
        { nodeImage: images.node, runtimeBundle: runtimeScript() },
      );
      built = await buildImage(docker, context, readdirSync(context), { buildArgs: args });
      // As the container's user: what it may not read, and what it may write.
      expect(
        await outputOf(docker, built, [
          'sh',
          '-c',
          'find /app ! -readable; find /app -writable ! -type l; node -e "require(\'/app/medusa-infra-runtime.cjs\')"',
        ]),
      ).toBe('/app/uploads\n');
    } finally {
      process.umask(usual);
      vi.unstubAllEnvs();
      if (built)
        await docker
          .getImage(built)
          .remove({ noprune: true })
          .catch(() => undefined);
      rmSync(cache, { recursive: true, force: true });
    }
  });
});

describe('the seed', () => {
  let servers: Servers;
  let database: TestDatabase;

  beforeAll(async () => {
    servers = await startServers('seed');
    database = await servers.createDatabase();
  });
  afterAll(() => servers?.stop());

  const environment = (url: string) => ({
    NODE_ENV: 'development',
    HOME: '/tmp',
    PORT: '9000',
    DATABASE_TYPE: 'postgres',
    DATABASE_URL: url,
    DATABASE_SCHEMA: 'shop',
    JWT_SECRET: 'jwt-secret-0123456789abcdef0123456789abcdef',
    COOKIE_SECRET: 'cookie-secret-0123456789abcdef0123456789abcdef',
    ADMIN_CORS: '',
    STORE_CORS: '',
    MEDUSA_BACKEND_URL: 'http://localhost:9000',
    MEDUSA_MODULES: JSON.stringify({
      cacheService: { resolve: '@medusajs/cache-inmemory', options: { ttl: 30 } },
      eventBus: { resolve: '@medusajs/event-bus-local' },
    }),
    MEDUSA_PLUGINS: JSON.stringify([
      { resolve: 'medusa-fulfillment-manual' },
      { resolve: 'medusa-payment-manual' },
    ]),
  });

  async function inBackend(
    command: readonly string[],
    more: { url?: string; env?: Record<string, string>; files?: Record<string, string> } = {},
  ): Promise<{ code: number; lastLine: string; output: string }> {
    const run = await servers.run({
      image,
      command,
      env: { ...environment(more.url ?? database.url('shop,extensions')), ...more.env },
      files: more.files,
    });
    const { code, output } = await run.ended();
    return { code, lastLine: output.trim().split('\n').at(-1) ?? '', output };
  }
  const runSeed = async (more: Parameters<typeof inBackend>[1] = {}, ...args: string[]) => {
    const { code, lastLine } = await inBackend(['node', 'scripts/seed.js', ...args], more);
    return { code, lastLine };
  };
  const count = async (table: string) =>
    (await servers.sql(database.name, `SELECT count(*)::int AS n FROM shop."${table}"`))[0]?.['n'];

  test('fails without tables', async () => {
    expect(await runSeed()).toEqual({
      code: 1,
      lastLine: 'seed: failed: relation "shop.product" does not exist',
    });
  });

  test('fails where the database does not let it in', async () => {
    const url = database.url('shop,extensions').replace(/:[^:@]*@/, ':wrong@');
    expect(await runSeed({ url })).toEqual({
      code: 1,
      lastLine: `seed: failed: password authentication failed for user "${database.role}"`,
    });
  });

  test('a bad seed file fails, and leaves nothing half-written', async () => {
    expect((await inBackend(['node', 'node_modules/.bin/medusa', 'migrations', 'run'])).code).toBe(
      0,
    );
    const broken = structuredClone(seed);
    (broken.products[2]?.variants[0]?.prices[0] as { currency_code: string }).currency_code = 'xyz';
    const { code, lastLine } = await runSeed(
      { files: { '/tmp/seed/broken.json': JSON.stringify(broken) } },
      '/tmp/seed/broken.json',
    );
    expect(code).toBe(1);
    expect(lastLine).toMatch(/^seed: failed: /);
    expect([await count('product'), await count('region'), await count('user')]).toEqual([0, 0, 0]);
  });

  test('has its own time limit', async () => {
    expect(await runSeed({ env: { SEED_TIMEOUT_SECONDS: '1' } })).toEqual({
      code: 1,
      lastLine: 'seed: failed: not done after 1 s',
    });
    expect(await count('product')).toBe(0);
  });

  test('fills an empty store, and does nothing to one that has data', async () => {
    expect(await runSeed()).toEqual({
      code: 0,
      lastLine: `seed: done, ${seed.products.length} products are in the store`,
    });
    expect(await count('product')).toBe(seed.products.length);
    expect(await runSeed()).toEqual({
      code: 0,
      lastLine: 'seed: the store has data already (product, region, user); nothing done',
    });
    expect(await count('product')).toBe(seed.products.length);
  });

  test('creates its users in development only: everybody knows their passwords', async () => {
    await servers.sql(
      database.name,
      'DROP SCHEMA shop CASCADE',
      `CREATE SCHEMA shop AUTHORIZATION ${database.role}`,
    );
    expect((await inBackend(['node', 'node_modules/.bin/medusa', 'migrations', 'run'])).code).toBe(
      0,
    );
    const { code, output } = await inBackend(['node', 'scripts/seed.js'], {
      env: {
        NODE_ENV: 'production',
        REDIS_URL: `redis://:${encodeURIComponent(servers.redisPassword)}@redis:6379/0`,
      },
    });
    expect(code, output).toBe(0);
    expect(output).toContain('seed: users are left out, they are for development only\n');
    expect(await count('user')).toBe(0);
    expect(await count('product')).toBe(seed.products.length);
  });
});
