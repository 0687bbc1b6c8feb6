import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendImage, HAND_WRITTEN } from '../../support/backend-image.ts';
import { execIn } from '../../support/engine.ts';
import {
  failed,
  MEDUSA,
  node,
  type PrepareJob,
  type PrepareOptions,
  prepareJob,
  shop,
} from '../../support/prepare-job.ts';
import { type Servers, shopSchema, startServers } from '../../support/servers.ts';

// What prepare refuses: before Medusa's command runs, or after it ended with exit code 0.
let servers: Servers;
let job: PrepareJob;
const prepare = (options: PrepareOptions) => job.run(options);

beforeAll(async () => {
  const image = await backendImage();
  servers = await startServers('refused');
  job = prepareJob(servers, image);
});
afterAll(() => servers?.stop());

describe('a database that is not ready', () => {
  test('wrong password', async () => {
    const database = await servers.createDatabase();
    await servers.sql('postgres', `alter role ${database.role} password 'another'`);
    const run = await prepare({ url: shop(database) });
    expect(run).toMatchObject(
      failed(
        `PostgreSQL at database:5432/${database.name}: wrong password for user ${database.role}; the server expects another one than DATABASE_URL has`,
      ),
    );
  });

  test('dead server', async () => {
    const run = await prepare({ url: 'postgres://u:some-password@redis:5433/x' });
    expect(run.output).toContain('waiting for PostgreSQL at redis:5433/x (ECONNREFUSED)');
    expect(run).toMatchObject(
      failed(
        'PostgreSQL at redis:5433/x: not reachable within 3 s (ECONNREFUSED); is it running, and is the address right?',
      ),
    );
  });

  test('unknown host', async () => {
    expect(await prepare({ url: 'postgres://u:some-password@nowhere.invalid/x' })).toMatchObject({
      code: 1,
      last: expect.stringMatching(
        /^prepare: FAILED: PostgreSQL at nowhere\.invalid:5432\/x: not reachable within 3 s \((ENOTFOUND|EAI_AGAIN)\)/,
      ),
    });
  });

  test('missing database', async () => {
    const database = await servers.createDatabase();
    const url = shop(database).replace(`5432/${database.name}`, '5432/gone');
    expect(await prepare({ url })).toMatchObject(
      failed(
        'PostgreSQL at database:5432/gone: there is no such database; create it, or fix its name in DATABASE_URL',
      ),
    );
  });

  test('missing schema: Medusa would hang for minutes', async () => {
    const database = await servers.createDatabase({ statements: () => [] });
    expect(await prepare({ url: shop(database) })).toMatchObject(
      failed(
        `database ${database.name}: there is no schema "shop"; create it: CREATE SCHEMA "shop" AUTHORIZATION "${database.role}"`,
      ),
    );
  });

  test('denied rights: Medusa would hang', async () => {
    const database = await servers.createDatabase({
      statements: () => ['create schema shop', 'create extension pg_trgm schema shop'],
    });
    expect(await prepare({ url: shop(database) })).toMatchObject(
      failed(
        `database ${database.name}: role ${database.role} may not create tables in schema "shop"; grant it: GRANT USAGE, CREATE ON SCHEMA "shop" TO "${database.role}"`,
      ),
    );
  });

  test('a search_path that leads elsewhere', async () => {
    const database = await servers.createDatabase();
    expect(await prepare({ url: database.url('public') })).toMatchObject(
      failed(
        `database ${database.name}: the search_path begins with "public", so tables would not be created in schema "shop"; DATABASE_URL needs options=-c%20search_path%3Dshop`,
      ),
    );
  });

  test('tables of another role', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [...shopSchema(role), 'create table shop.product (id text)'],
    });
    expect(await prepare({ url: shop(database) })).toMatchObject(
      failed(
        `database ${database.name}: table "shop"."product" belongs to another role than ${database.role}, which cannot migrate it; make one role the owner of all: REASSIGN OWNED BY ... TO "${database.role}"`,
      ),
    );
  });

  test('an extension that is not there and may not be made', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [`create schema shop authorization ${role}`],
    });
    await servers.sql('postgres', `alter database ${database.name} owner to postgres`);
    expect(await prepare({ url: shop(database) })).toMatchObject(
      failed(
        `database ${database.name}: the extension pg_trgm is missing and role ${database.role} may not create it; as a superuser run: CREATE EXTENSION pg_trgm SCHEMA "shop"`,
      ),
    );
  });

  test('an extension that is not on the search_path', async () => {
    const database = await servers.createDatabase();
    expect(await prepare({ url: database.url('shop') })).toMatchObject(
      failed(
        `database ${database.name}: the extension pg_trgm is in schema "extensions", which is not on the search_path; add it after "shop" in DATABASE_URL's options`,
      ),
    );
  });
});

describe('a Redis that is not ready', () => {
  test.each([
    [
      'wrong password',
      'redis://:wrong-password@redis:6379',
      'Redis at redis:6379: wrong user or password (WRONGPASS); the server expects another one than REDIS_URL has',
    ],
    [
      'no password',
      'redis://redis:6379',
      'Redis at redis:6379: it asks for a password and REDIS_URL has none (NOAUTH)',
    ],
    [
      'down',
      'redis://:some-password@redis:6380',
      'Redis at redis:6380: not reachable within 3 s (ECONNREFUSED); is it running, and is the address right?',
    ],
    [
      'no TLS there',
      'rediss://:some-password@redis:6379',
      'Redis at redis:6379: not reachable within 3 s (ETIMEDOUT); is it running, is the address right, and does it speak TLS there?',
    ],
  ])('%s', async (_, url, message) => {
    expect(await prepare({ url: 'postgres://never@asked/x', redisUrl: url })).toMatchObject(
      failed(message),
    );
  });

  test('a user without rights on the keys', async () => {
    const acl = ['ACL', 'SETUSER', 'limited', 'on', '>limited-password', '~other:*', '+@all'];
    await execIn(servers.redisContainer, [
      ...['redis-cli', '--no-auth-warning', '-a', servers.redisPassword],
      ...acl,
    ]);
    const limited = 'redis://limited:limited-password@redis:6379/0';
    expect(await prepare({ url: 'postgres://never@asked/x', redisUrl: limited })).toMatchObject(
      failed(
        'Redis at redis:6379: the user lacks rights (NOPERM); Medusa needs all commands on its keys',
      ),
    );
  });
});

describe('migrations that lie', () => {
  test('failed SQL: Medusa ends with 0', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [
        ...shopSchema(role),
        'create table shop.region (id int)',
        `alter table shop.region owner to ${role}`,
      ],
    });
    const run = await prepare({ url: shop(database) });
    expect(run.code).toBe(1);
    expect(run.last).toMatchInlineSnapshot(
      `"prepare: FAILED: "node node_modules/.bin/medusa migrations run" ended with exit code 0, and schema "shop" has no table of done migrations; its output shows: migration initialSchema1611063162649 failed: relation "region" already exists"`,
    );
  });

  test('missing secrets: Medusa ends with 0', async () => {
    const database = await servers.createDatabase();
    const run = await prepare({
      url: shop(database),
      secrets: { JWT_SECRET: '' },
      files: { '/app/medusa-config.js': HAND_WRITTEN },
    });
    expect(run).toMatchObject(
      failed(
        `"${MEDUSA.join(' ')}" ended with exit code 0 and left schema "shop" empty; its output shows: jwt_secret is missing`,
      ),
    );
  });

  test('missing secrets, with the runtime', async () => {
    const database = await servers.createDatabase();
    const run = await prepare({ url: shop(database), secrets: { JWT_SECRET: '' } });
    expect(run.output).toContain('  JWT_SECRET: not set\n');
    expect(run).toMatchObject(
      failed(
        `"${MEDUSA.join(' ')}" ended with exit code 1: the backend cannot start, 1 problem in its environment (above)`,
      ),
    );
  });

  test('a command that ends with 0 and does nothing, on an empty schema', async () => {
    const database = await servers.createDatabase();
    const migrate = ['true', 'migrations', 'run'];
    expect(await prepare({ url: shop(database), config: { migrate } })).toMatchObject(
      failed('"true migrations run" ended with exit code 0 and left schema "shop" empty'),
    );
  });

  test('a command that ends with 0 and does nothing, on a schema that has migrations', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [
        ...shopSchema(role),
        'create table shop.migrations (name text)',
        "insert into shop.migrations values ('one')",
        `alter table shop.migrations owner to ${role}`,
      ],
    });
    const migrate = ['true', 'migrations', 'run'];
    expect(await prepare({ url: shop(database), config: { migrate } })).toMatchObject(
      failed(
        '"true migrations show" did not show which migrations are done (ended with exit code 0)',
      ),
    );
  });

  test('a command that hangs ends with all that it started', async () => {
    const database = await servers.createDatabase();
    const migrate = ['sh', '-c', 'echo began; sleep 1000 & sleep 1000'];
    const began = Date.now();
    const run = await prepare({ url: shop(database), config: { migrate, timeoutSeconds: 2 } });
    expect(run).toMatchObject(
      failed(
        `"${migrate.join(' ')}" was still running after 2 s and was stopped; if it needs longer, raise the time limit`,
      ),
    );
    expect(run.output).toContain('last lines of the command:\n  began\n');
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  test('a command that puts a table elsewhere', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [...shopSchema(role), `grant create on schema public to ${role}`],
    });
    const script = `const { Client } = require('pg'); const c = new Client(process.env.DATABASE_URL);
      c.connect().then(() => c.query("create table product (); create type public.mood as enum ('a')"))
        .then(() => process.exit(0))`;
    const run = await prepare({ url: shop(database), config: { migrate: node(script) } });
    expect(run).toMatchObject(
      failed(
        'the migrations put objects outside of schema "shop": type public.mood; have the migrations name no schema (your own medusa-config.js needs database_schema: process.env.DATABASE_SCHEMA), and before the next up run: DROP TYPE public.mood',
      ),
    );
  });

  test('a command that is not in the image', async () => {
    const database = await servers.createDatabase();
    const migrate = ['medusa', 'migrations', 'run'];
    expect(await prepare({ url: shop(database), config: { migrate } })).toMatchObject(
      failed('cannot run "medusa migrations run": there is no such program in the image'),
    );
  });
});
