import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureImages } from '../../../src/images/ensure.ts';
import { containersOf, execIn, idsByComponent, volumesOf } from '../../support/engine.ts';
import {
  type ExternalService,
  hostAddress,
  makeCertificates,
  startPostgres,
  startRedis,
} from '../../support/external-services.ts';
import { backendEnvironment } from '../../support/facts.ts';
import { get, logIn, productTitles } from '../../support/http.ts';
import { findLeaks } from '../../support/leaks.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { seededAdmin, seededTitles, shopStack } from '../../support/stacks.ts';

// PostgreSQL over TLS with a certificate authority that nobody else knows, and Redis: both provided by
// the user, their URLs by `pulumi config set --secret`.
const stack = 'dev';
let project: TestProject;
let postgres: ExternalService;
let redis: ExternalService;
let port: number;
let url: string;

function externalStack(change: object = {}) {
  const { database: _, ...rest } = shopStack(port);
  return {
    ...rest,
    database: {
      schema: 'shop',
      ssl: 'verify-full',
      ca: '../tls/ca.crt',
      external: { url: { secret: 'databaseUrl' } },
      ...change,
    },
    redis: { external: { url: { secret: 'redisUrl' } } },
    secrets: { databaseUrl: { from: 'config' }, redisUrl: { from: 'config' } },
  };
}

const rows = async (query: string) =>
  (await execIn(postgres.id, ['psql', '-X', '-U', 'postgres', '-d', 'store', '-Atc', query]))
    .trim()
    .split('\n');

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  port = await freePort();
  url = `http://localhost:${port}`;
  const { images } = await ensureImages({ source: 'auto', wanted: {}, log: console.log });
  const certificates = await makeCertificates(join(project.folder, 'tls'), await hostAddress());
  [postgres, redis] = await Promise.all([
    startPostgres(project.name, images.postgres.ref, certificates),
    startRedis(project.name, images.redis.ref),
  ]);
});

afterAll(() => project.cleanup());

describe('external PostgreSQL and Redis', () => {
  test('are asked for before anything is made', async () => {
    project.writeStack(stack, externalStack());
    const result = await project.run(['up', '-s', stack, '--yes']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('databaseUrl');
    expect(result.stderr).toContain('redisUrl');
    expect(result.stderr).toContain('medusa-infra secrets set ');
    expect(await idsByComponent(project.name, stack)).toEqual({});
  });

  test('serve the store, in their schema, over TLS that is verified', async () => {
    for (const [name, value] of [
      ['databaseUrl', postgres.url],
      ['redisUrl', redis.url],
    ] as const) {
      const set = await project.pulumi(stack, [
        'config',
        'set',
        '--secret',
        name,
        value,
        '--stack',
        stack,
      ]);
      expect(set.code).toBe(0);
    }
    const result = await project.up(stack);
    console.log(`up with external services: ${result.seconds.toFixed(1)} s`);
    expect(Object.keys(await idsByComponent(project.name, stack)).sort()).toEqual([
      'backend',
      'edge',
    ]);
    expect(await volumesOf(project.name)).toEqual(
      ['edge-data', 'uploads'].map((name) => `${project.name}-${stack}-${name}`),
    );
    expect(await get(`${url}/health`)).toEqual({ status: 200, body: 'OK' });
    expect(await productTitles(url)).toEqual(seededTitles);
    const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
    expect((await get(`${url}/admin/auth`, { cookie })).status).toBe(200);
    expect(
      await rows(`SELECT DISTINCT table_schema FROM information_schema.tables
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`),
    ).toEqual(['shop']);
    expect(
      await rows(`SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE usename = 'keeper'`),
    ).toEqual(['t']);
    const env = await backendEnvironment(project.name, stack);
    expect(env['REDIS_URL']).toBe(redis.url);
    expect(new URL(env['DATABASE_URL'] ?? '').searchParams.get('sslmode')).toBe('verify-full');
  });

  test('take an administrator who is created by the command', async () => {
    const email = 'ada@example.com';
    const { code, stdout, stderr } = await project.run(
      ['admin', 'create', email, '-s', stack, '--json'],
      { unrecorded: true },
    );
    expect(code, stderr).toBe(0);
    const { password } = JSON.parse(stdout) as { password: string };
    const { cookie } = await logIn(url, email, password);
    expect((await get(`${url}/admin/auth`, { cookie })).status).toBe(200);
  });

  test('changes nothing at a second up, and leaks neither URL nor password', async () => {
    const before = await containersOf(project.name, stack);
    const { code, stdout, stderr } = await project.run(['up', '-s', stack, '--yes', '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ changes: [] });
    expect(await containersOf(project.name, stack)).toEqual(before);
    const values = {
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      databasePassword: decodeURIComponent(new URL(postgres.url).password),
      redisPassword: new URL(redis.url).password,
    };
    const exported = await project.pulumi(stack, ['stack', 'export', '--stack', stack]);
    expect(
      findLeaks(values, [
        { place: 'stack export', text: exported.stdout },
        { place: 'what the commands printed', text: project.transcript.join('\n') },
        {
          place: 'stack configuration',
          text: readFileSync(join(project.stacks, `Pulumi.${stack}.yaml`), 'utf8'),
        },
      ]),
    ).toEqual([]);
  });

  test('refuses a server whose certificate another authority signed, and keeps running', async () => {
    const before = await idsByComponent(project.name, stack);
    await makeCertificates(join(project.folder, 'strange'), '127.0.0.1');
    project.writeStack(stack, externalStack({ ca: '../strange/ca.crt' }));
    const result = await project.run(['up', '-s', stack, '--yes']);
    expect(result.code).toBe(1);
    expect(`${result.stdout}${result.stderr}`).toMatch(/certificate/i);
    expect(await idsByComponent(project.name, stack)).toEqual(before);
    expect(await productTitles(url)).toEqual(seededTitles);
  });
});
