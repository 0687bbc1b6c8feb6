import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idsByComponent, networksOf, volumesOf } from '../../support/engine.ts';
import { backendEnvironment, sql } from '../../support/facts.ts';
import { get, logIn, post, productTitles } from '../../support/http.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import {
  backendFixture,
  copyOfStore,
  dockerfileWith,
  productsAlone,
  seededAdmin,
  seededTitles,
  shopStack,
} from '../../support/stacks.ts';

// Three stacks on one engine: two of one project, and one of another project with the same stack name.
// Those of the first project run the store with configuration files that were written by hand.
let ours: TestProject;
let theirs: TestProject;
const https = { 'x-forwarded-proto': 'https' };
const email = 'ada@example.com';
const urls = { plain: '', shop: '', theirs: '' };

beforeAll(async () => {
  ours = await TestProject.create({ newerNode: true });
  theirs = await TestProject.create({ newerNode: true });
  const plain = await freePort();
  const shop = await freePort();
  const other = await freePort();
  Object.assign(urls, {
    plain: `http://localhost:${plain}`,
    shop: `http://localhost:${shop}`,
    theirs: `http://localhost:${other}`,
  });
  const starter = backendFixture('handwritten/medusa-config.js');
  const byHand = copyOfStore(join(ours.folder, 'by-hand'), { 'medusa-config.js': starter });
  const withSchema = copyOfStore(join(ours.folder, 'with-schema'), {
    'medusa-config.starter.js': starter,
    'medusa-config.js': backendFixture('handwritten/medusa-config.schema.js'),
    Dockerfile: dockerfileWith('COPY medusa-config.starter.js ./'),
  });
  // The starter gives TypeORM no schema, which then is PostgreSQL's own default. Outside development it asks
  // for TLS, which the stack's server has not, and where it gets no CORS list it lets localhost in.
  const inPublic = { ...shopStack(plain).database, schema: 'public' };
  ours.writeStack('plain', {
    ...handwritten(plain, byHand, inPublic),
    environment: 'staging',
    edge: { host: 'shop.localhost', port: plain, tls: 'off', trustForwarded: true },
    accept: [productsAlone],
  });
  ours.writeStack('shop', handwritten(shop, withSchema, shopStack(shop).database));
  theirs.writeStack('plain', shopStack(other));
  // All of them come to their end, so that what failed is reported and not what its cleanup did to the others.
  const ups = await Promise.allSettled([ours.up('plain'), ours.up('shop'), theirs.up('plain')]);
  const failed = ups.flatMap((up) => (up.status === 'rejected' ? [String(up.reason)] : []));
  if (failed.length > 0) throw new Error(failed.join('\n\n'));
});

afterAll(async () => {
  const ends = await Promise.allSettled([ours.cleanup(), theirs.cleanup()]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
});

const networks = (stack: string) =>
  ['', '-data', '-metadata'].map((name) => `${ours.name}-${stack}${name}`);

function handwritten(port: number, folder: string, database: object) {
  const { backend, modules: _, ...rest } = shopStack(port);
  return { ...rest, database, backend: { ...backend, image: { build: folder } } };
}

describe('a configuration file that was written by hand', () => {
  test.each(['plain', 'shop'] as const)('serves in the stack %s, unchanged', async (stack) => {
    const url = urls[stack];
    expect(await get(`${url}/health`)).toEqual({ status: 200, body: 'OK' });
    expect(await productTitles(url)).toEqual(seededTitles);
    const created = await ours.run(['admin', 'create', email, '-s', stack], { unrecorded: true });
    expect(created, created.stderr).toMatchObject({ code: 0 });
    const { cookie } = await logIn(url, email, created.stdout, https);
    expect((await get(`${url}/admin/auth`, { ...https, cookie })).status).toBe(200);
  });

  test.each([
    ['/store/products', 'http://localhost:8000'],
    ['/admin/auth', 'http://localhost:7001'],
  ])('lets nobody in where the stack file names no origin: %s from %s', async (path, origin) => {
    const response = await fetch(`${urls.plain}${path}`, { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const development = await fetch(`${urls.shop}${path}`, { headers: { origin } });
    expect(development.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('has its tables in the schema of the stack file, public or another', async () => {
    const schemas = `SELECT DISTINCT table_schema FROM information_schema.tables
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`;
    expect(await sql(ours.name, 'plain', schemas)).toEqual(['public']);
    expect(await sql(ours.name, 'shop', schemas)).toEqual(['shop']);
  });
});

describe('stacks side by side', () => {
  test('share no object and no secret', async () => {
    const ids = [
      await idsByComponent(ours.name, 'plain'),
      await idsByComponent(ours.name, 'shop'),
      await idsByComponent(theirs.name, 'plain'),
    ].map((components) => Object.values(components).flat());
    for (const found of ids) expect(found).toHaveLength(4);
    expect(new Set(ids.flat()).size).toBe(12);
    expect(await networksOf(ours.name)).toEqual([...networks('plain'), ...networks('shop')]);
    expect(await networksOf(theirs.name)).toHaveLength(3);
    expect(await volumesOf(ours.name)).toHaveLength(10);
    const environments = [
      await backendEnvironment(ours.name, 'plain'),
      await backendEnvironment(ours.name, 'shop'),
      await backendEnvironment(theirs.name, 'plain'),
    ];
    for (const name of [
      'JWT_SECRET',
      'COOKIE_SECRET',
      'DATABASE_URL',
      'REDIS_URL',
      'REDIS_PREFIX',
    ]) {
      expect(new Set(environments.map((env) => env[name])).size).toBe(3);
    }
  });

  test('keep their customers and sessions apart', async () => {
    const customer = {
      first_name: 'Ada',
      last_name: 'Lovelace',
      email: 'ada@example.com',
      password: 'a long enough one',
    };
    expect((await post(`${urls.shop}/store/customers`, customer)).status).toBe(200);
    const known = (url: string) =>
      get(`${url}/store/auth/${customer.email}`).then(({ body }) => body);
    expect(await known(urls.shop)).toEqual({ exists: true });
    expect(await known(urls.plain)).toEqual({ exists: false });
    expect(await known(urls.theirs)).toEqual({ exists: false });
    const { cookie } = await logIn(urls.shop, seededAdmin.email, seededAdmin.password);
    expect((await get(`${urls.shop}/admin/auth`, { cookie })).status).toBe(200);
    expect((await get(`${urls.plain}/admin/auth`, { cookie })).status).toBe(401);
    expect((await get(`${urls.theirs}/admin/auth`, { cookie })).status).toBe(401);
  });

  test('end one at a time', async () => {
    const result = await ours.run(['destroy', '-s', 'shop', '--yes']);
    expect(result.code).toBe(0);
    expect(await networksOf(ours.name)).toEqual(networks('plain'));
    await expect(productTitles(urls.plain)).resolves.toEqual(seededTitles);
    await expect(productTitles(urls.theirs)).resolves.toEqual(seededTitles);
  });
});
