import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATE_SECONDS } from '../../../src/derive/limits.ts';
import { backendImage } from '../../support/backend-image.ts';
import { docker, logsOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { ENUMS, INDEXES, MIGRATIONS, TABLES } from '../../support/medusa-facts.ts';
import {
  COOKIE,
  failed,
  JWT,
  node,
  type PrepareJob,
  type PrepareOptions,
  prepareJob,
  shop,
} from '../../support/prepare-job.ts';
import {
  dumpSchema,
  type Servers,
  shopSchema,
  startServers,
  type TestDatabase,
} from '../../support/servers.ts';

let servers: Servers;
let image: string;
let job: PrepareJob;
const start = (options: PrepareOptions) => job.start(options);
const prepare = (options: PrepareOptions) => job.run(options);

beforeAll(async () => {
  image = await backendImage();
  servers = await startServers('prepare');
  job = prepareJob(servers, image);
});
afterAll(() => servers?.stop());

/** Objects outside of the schema and of the extensions' own, as a person would list them. */
function strays(database: string, schema: string) {
  return servers.sql(
    database,
    `select n.nspname || '.' || c.relname as object from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname not in ('${schema}', 'pg_catalog', 'pg_toast', 'information_schema')
     union all
     select n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
       where n.nspname not in ('${schema}', 'pg_catalog', 'pg_toast', 'information_schema')
         and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
         and t.typelem = 0`,
  );
}

describe('a database whose role ends each statement after a millisecond', () => {
  test('is migrated: prepare and what it runs have the time that they need', async () => {
    const database = await servers.createDatabase();
    const limit = (setting: string) =>
      `alter role ${database.role} in database ${database.name} set ${setting} to 1`;
    await servers.sql(
      database.name,
      ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'].map(limit),
    );
    const seed = node(`
      const { Client } = require('pg');
      const client = new Client({ connectionString: process.env.DATABASE_URL });
      client.connect().then(() => client.query('select pg_sleep(0.5)')).then(() => process.exit(0));`);
    const run = await prepare({ url: shop(database), config: { seed } });
    expect(run).toMatchObject({ code: 0, last: 'prepare: done' });
    expect(run.output).toContain(`has all ${MIGRATIONS} migrations`);
    // The limit does hold for others.
    const [held] = await servers.sql(
      database.name,
      `select count(*)::int as settings from pg_db_role_setting, unnest(setconfig) where setrole = '${database.role}'::regrole`,
    );
    expect(held).toEqual({ settings: 3 });
  });
});

describe('a new database', () => {
  let database: TestDatabase;
  let first: Awaited<ReturnType<typeof prepare>>;

  beforeAll(async () => {
    database = await servers.createDatabase();
    first = await prepare({ url: shop(database) });
  });

  test('is migrated, and that is proven', () => {
    expect(first.output).toContain(`schema "shop" has all ${MIGRATIONS} migrations in `);
    expect(first).toMatchObject({ code: 0, last: 'prepare: done' });
  });

  test('has its tables, types and indexes in the named schema and nowhere else', async () => {
    expect(await strays(database.name, 'shop')).toEqual([]);
    const [counts] = await servers.sql(
      database.name,
      `select (select count(*)::int from information_schema.tables where table_schema = 'shop') as tables,
         (select count(*)::int from pg_indexes where schemaname = 'shop') as indexes,
         (select count(*)::int from pg_type t join pg_namespace n on n.oid = t.typnamespace
           where n.nspname = 'shop' and t.typtype = 'e') as enums,
         (select string_agg(n.nspname, ',') from pg_extension e join pg_namespace n
           on n.oid = e.extnamespace where e.extname = 'pg_trgm') as trgm`,
    );
    expect(counts).toEqual({
      tables: TABLES,
      indexes: INDEXES,
      enums: ENUMS,
      trgm: 'extensions',
    });
  });

  test('equals what Medusa makes in public', async () => {
    const other = await servers.createDatabase({ statements: () => [] });
    expect(await prepare({ url: other.url(), schema: 'public' })).toMatchObject({ code: 0 });
    expect(await dumpSchema(servers, database.name, 'shop')).toBe(
      await dumpSchema(servers, other.name, 'public'),
    );
  });

  test('is left alone by a second run', async () => {
    const before = await dumpSchema(servers, database.name, 'shop');
    const second = await prepare({ url: shop(database) });
    expect(second.output).toContain('No migrations are pending');
    expect(second).toMatchObject({ code: 0, last: 'prepare: done' });
    expect(await dumpSchema(servers, database.name, 'shop')).toBe(before);
  });

  test('shows no secret, not even of a command that prints its environment', async () => {
    const script =
      'console.log(JSON.stringify(process.env)); console.log(new URL(process.env.DATABASE_URL).password, decodeURIComponent(new URL(process.env.REDIS_URL).password)); process.exit(3)';
    const { code, output } = await prepare({
      url: shop(database),
      config: { seed: node(script) },
      secrets: { STRIPE_API_KEY: 'sk_live_"quoted"' },
    });
    expect(code).toBe(1);
    expect(output).toContain('"JWT_SECRET":"***"');
    const hidden = [JWT, COOKIE, database.password, servers.redisPassword, 'sk_live_'];
    for (const secret of hidden) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain(encodeURIComponent(secret));
    }
  });
});

describe('another Medusa in public', () => {
  test('keeps its indexes, which unqualified drops reach on the path shop,public', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [
        `create schema shop authorization ${role}`,
        'create extension pg_trgm schema public',
      ],
    });
    const url = database.url('public');
    expect(await prepare({ url, schema: 'public' })).toMatchObject({ code: 0 });
    const before = await dumpSchema(servers, database.name, 'public');
    const run = await prepare({ url: database.url('shop,public') });
    expect(run).toMatchObject({ code: 0, last: 'prepare: done' });
    expect(run.output).toContain(
      'created again what the migrations dropped in other schemas: public."IDX_product_category_handle", public."UniqPaymentSessionCartIdProviderId"\n',
    );
    expect(await dumpSchema(servers, database.name, 'public')).toBe(before);
    expect(await dumpSchema(servers, database.name, 'shop')).toBe(before);
  });

  test('of another role is found before the migrations fail on it for ever', async () => {
    const database = await servers.createDatabase({
      statements: (role) => [
        ...shopSchema(role),
        'create table public.payment_session (cart_id text, provider_id text)',
        'create index "UniqPaymentSessionCartIdProviderId" on public.payment_session (cart_id)',
      ],
    });
    expect(await prepare({ url: shop(database) })).toMatchObject(
      failed(
        "another Medusa is in schema public and belongs to role postgres: Medusa's migration 1673550502785 drops an index there, which this role may not do; give this stack its own database",
      ),
    );
  });
});

describe('two runs', () => {
  test('at once on an empty database migrate it once', async () => {
    const database = await servers.createDatabase();
    const both = await Promise.all([1, 2].map(() => prepare({ url: shop(database) })));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const waited = both.filter(({ output }) => output.includes('waiting for another prepare'));
    expect(waited).toHaveLength(1);
    expect(waited[0]?.output).toMatch(
      /waiting for another prepare of schema "shop": medusa-infra prepare on \w+, user store_\d+_a, from [\d.]+, process \d+, since /,
    );
    expect(waited[0]?.output).toContain('No migrations are pending');
  });

  test('of which one holds the lock too long', async () => {
    const database = await servers.createDatabase();
    const holder = await start({
      url: shop(database),
      config: { migrate: ['sleep', '60'] },
    });
    await eventually(
      async () => {
        const rows = await servers.sql(
          database.name,
          "select from pg_locks where locktype = 'advisory'",
        );
        if (rows.length === 0) throw new Error('no lock yet');
      },
      { seconds: 60 },
    );
    const run = await prepare({ url: shop(database), config: { lockTimeoutSeconds: 1 } });
    expect(run.code).toBe(1);
    expect(run.last).toMatch(
      /^prepare: FAILED: schema "shop" is still being prepared elsewhere after 1 s: medusa-infra prepare on \w+, .*; wait for it, or end it, then run up again$/,
    );

    // Stopped from outside: it ends its command, says so, and gives the lock back.
    await holder.container.stop({ t: 20 });
    const ended = await holder.ended();
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.output).toContain('prepare: FAILED: stopped by SIGTERM; run up again');
    await holder.remove();
    expect(await prepare({ url: shop(database) })).toMatchObject({ code: 0 });
  });

  test('of which the first was killed midway', async () => {
    const database = await servers.createDatabase();
    const first = await start({ url: shop(database) });
    await eventually(
      async () => {
        if (!(await logsOf(first.container.id)).includes('Migration newTaxSystem')) {
          throw new Error('not midway yet');
        }
      },
      { seconds: 120 },
    );
    await first.container.kill();
    await first.remove();
    expect(await prepare({ url: shop(database) })).toMatchObject({
      code: 0,
      last: 'prepare: done',
    });
  });
});

describe('the seed command', () => {
  let database: TestDatabase;
  const migrate = node(
    "const { Client } = require('pg'); const c = new Client(process.env.DATABASE_URL); c.connect().then(() => c.query('create table if not exists product ()')).then(() => process.exit(0))",
  );
  beforeAll(async () => {
    database = await servers.createDatabase();
  });

  test('runs after the migrations', async () => {
    const seed = ['sh', '-c', 'echo planted'];
    const run = await prepare({ url: shop(database), config: { migrate, seed } });
    expect(run.output).toContain(
      'schema "shop" has 1 tables\n  planted\nthe seed data is in place\n',
    );
    expect(run.code).toBe(0);
  });

  test('fails the step when it fails', async () => {
    const seed = ['sh', '-c', 'echo no soil >&2; exit 4'];
    expect(await prepare({ url: shop(database), config: { migrate, seed } })).toMatchObject(
      failed(
        `the seed command "sh -c echo no soil >&2; exit 4" ended with exit code 4 (limit ${MIGRATE_SECONDS} s); the migrations are done; fix the seed and run up again`,
      ),
    );
  });

  test('is stopped when it hangs', async () => {
    // The limit holds for migrations too: of the table that is there, and in no time.
    const config = { migrate: ['true'], seed: ['sleep', '1000'], timeoutSeconds: 2 };
    expect(await prepare({ url: shop(database), config })).toMatchObject(
      failed(
        'the seed command "sleep 1000" was stopped at its time limit (limit 2 s); the migrations are done; fix the seed and run up again',
      ),
    );
  });
});

describe('without PostgreSQL', () => {
  test('SQLite is left to the backend', async () => {
    const config = { database: 'sqlite', schema: undefined, redis: false, migrate: ['false'] };
    const run = await prepare({ url: '', config });
    expect(run.output).toBe('SQLite: the backend creates its tables as it starts\nprepare: done\n');
    expect(run.code).toBe(0);
  });
});

test('leaves no container behind', async () => {
  const left = await docker.listContainers({ all: true, filters: { network: [servers.network] } });
  expect(left.map(({ Image }) => Image).filter((name) => name === image)).toEqual([]);
});
