import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, execIn, idsByComponent, runningOf } from '../../support/engine.ts';
import { backendEnvironment, sql } from '../../support/facts.ts';
import { productTitles } from '../../support/http.ts';
import { findLeaks, generatedValues } from '../../support/leaks.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import { seededTitles, shopStack } from '../../support/stacks.ts';
import { visiblePlaces } from '../../support/visible.ts';

// Versions of secrets, edited in the stack file by hand and deployed on real servers.

const stack = 'dev';
let project: TestProject;
let port: number;
/** Every value that ever was, by logical name and round. */
const values: Record<string, string> = {};
/** URLs that a backend was given, by version. */
const urls: Record<number, { readonly database: string; readonly redis: string }> = {};

beforeAll(async () => {
  project = await TestProject.create({ newerNode: true });
  port = await freePort();
});

afterAll(() => project.cleanup());

interface Secrets {
  readonly [name: string]: {
    readonly version?: number;
    readonly keep?: number;
    readonly length?: number;
    readonly alphabet?: string;
  };
}

const write = (secrets: Secrets) => project.writeStack(stack, { ...shopStack(port), secrets });

async function up(secrets: Secrets) {
  write(secrets);
  const result = await project.up(stack);
  const shown = await project.pulumi(stack, ['stack', 'export', '--show-secrets']);
  const current = generatedValues(shown.stdout);
  for (const [name, value] of Object.entries(current)) {
    // A version that came back has another value.
    values[`${name} ${createHash('sha256').update(value).digest('hex').slice(0, 8)}`] = value;
  }
  const env = await backendEnvironment(project.name, stack);
  urls[secrets['database']?.version ?? 1] = {
    database: env['DATABASE_URL'] ?? '',
    redis: env['REDIS_URL'] ?? '',
  };
  return { ...result, env, current };
}

async function inServer(component: string, command: readonly string[]): Promise<string> {
  const [server] = await runningOf(project.name, stack, component);
  return execIn(server?.id ?? '', command).catch((error: Error) => error.message);
}

const logsIn = async (version: number) => {
  const { database = '', redis = '' } = urls[version] ?? {};
  const asked = await Promise.all([
    inServer('database', ['psql', database, '-XAtc', 'SELECT current_user']),
    inServer('redis', ['redis-cli', '--no-auth-warning', '-u', redis, 'PING']),
  ]);
  return asked.map((answer) => {
    if (/^(medusa|PONG)$/.test(answer.trim())) return true;
    if (/password authentication failed|WRONGPASS/.test(answer)) return false;
    throw new Error(answer);
  });
};

const servers = async () => {
  const { database, redis } = await idsByComponent(project.name, stack);
  return { database, redis };
};

describe('versions of secrets', () => {
  let before: Awaited<ReturnType<typeof servers>>;

  test('begin with one of each', async () => {
    const { env } = await up({});
    before = await servers();
    expect(new URL(env['DATABASE_URL'] ?? '').username).toBe('medusa_a');
    expect(new URL(env['REDIS_URL'] ?? '').username).toBe('medusa_v1');
    expect(await logsIn(1)).toEqual([true, true]);
  });

  test('raised without keep: the new ones open, the old ones do not, no server was replaced', async () => {
    const { env, current, stdout, stderr } = await up({
      database: { version: 2 },
      redis: { version: 2 },
      jwt: { length: 40, alphabet: 'hex' },
    });
    expect(new URL(env['DATABASE_URL'] ?? '').username).toBe('medusa_b');
    expect(await logsIn(2)).toEqual([true, true]);
    expect(await logsIn(1)).toEqual([false, false]);
    expect(await servers()).toEqual(before);
    expect(await productTitles(`http://localhost:${port}`)).toEqual(seededTitles);
    // Another form under the same version is for the next one, and that is said.
    expect(current['secret-jwt-v1']).toBe(env['JWT_SECRET']);
    expect(env['JWT_SECRET']).toHaveLength(64);
    expect(`${stdout}${stderr}`).toContain(
      "secrets.jwt: version 1 was generated with another length or alphabet; the file's (40 characters, hex) apply from the next version on: medusa-infra rotate jwt",
    );
  });

  const third = {
    database: { version: 3, keep: 1, alphabet: 'symbols' },
    redis: { version: 3, keep: 1, length: 32, alphabet: 'symbols' },
    jwt: { version: 2, length: 40, alphabet: 'hex' },
    cookie: { version: 2, length: 48, alphabet: 'base64url' },
  };

  test('raised with keep: the ones before still open; length and alphabet are the file’s', async () => {
    const { env, current } = await up(third);
    expect(await logsIn(3)).toEqual([true, true]);
    expect(await logsIn(2)).toEqual([true, true]);
    expect(await servers()).toEqual(before);
    expect(env['JWT_SECRET']).toMatch(/^[0-9a-f]{40}$/);
    expect(env['COOKIE_SECRET']).toMatch(/^(?=.*[-_])[\w-]{48}$/);
    const symbols = /^(?=.*[!@#$%&*()=+[\]{}<>:?])[A-Za-z0-9!@#$%&*()=+[\]{}<>:?]+$/;
    expect(current['secret-database-v3']).toMatch(symbols);
    expect(current['secret-database-v3']).toHaveLength(64);
    expect(current['secret-redis-v3']).toMatch(symbols);
    expect(current['secret-redis-v3']).toHaveLength(32);
    expect(await productTitles(`http://localhost:${port}`)).toEqual(seededTitles);
  });

  test('the same again changes nothing', async () => {
    const all = await idsByComponent(project.name, stack);
    await up(third);
    expect(await idsByComponent(project.name, stack)).toEqual(all);
    expect(await logsIn(2)).toEqual([true, true]);
  });

  test('one that would lock out the backend is refused before anything is touched', async () => {
    write({ database: { version: 5 } });
    const all = await idsByComponent(project.name, stack);
    const result = await project.run(['up', '-s', stack, '--yes']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(
      'secrets.database.version: 5 would change the password of the role that running replicas (version 3) log in with, as two roles alternate; set version: 4 and run up, then go on from there',
    );
    expect(await idsByComponent(project.name, stack)).toEqual(all);
    expect(await logsIn(3)).toEqual([true, true]);
  });

  test('back by one: the earlier values are the ones that were kept', async () => {
    const earlier = urls[2];
    await up({ ...third, database: { version: 2 }, redis: { version: 2 } });
    expect(urls[2]).toEqual(earlier);
    expect(await logsIn(2)).toEqual([true, true]);
    expect(await logsIn(3)).toEqual([false, false]);
    expect(await servers()).toEqual(before);
    const owners = `SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'shop'::regnamespace`;
    expect(await sql(project.name, stack, owners)).toEqual(['medusa']);
  });

  test('a Redis that was killed lets the backend in again', async () => {
    const [redis] = await runningOf(project.name, stack, 'redis');
    await docker.getContainer(redis?.id ?? '').kill();
    await docker.getContainer(redis?.id ?? '').start();
    await expect.poll(() => logsIn(2).catch(() => []), { timeout: 60_000 }).toEqual([true, true]);
    expect(await logsIn(3)).toEqual([false, false]);
  });
});

test('no value, old or new, is anywhere to be seen', async () => {
  expect(Object.keys(values).length).toBeGreaterThanOrEqual(10);
  const places = await visiblePlaces(project, stack);
  expect(places.length).toBeGreaterThan(20);
  expect(findLeaks(values, places)).toEqual([]);
  // Nor is the digest of a password of Redis, by which it could be guessed at.
  const digests = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      createHash('sha256').update(value).digest('hex'),
    ]),
  );
  expect(findLeaks(digests, places)).toEqual([]);
});
