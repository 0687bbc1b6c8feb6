import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendImage, HAND_WRITTEN } from '../../support/backend-image.ts';
import { MIGRATIONS, TABLES } from '../../support/medusa-facts.ts';
import { failed, type PrepareJob, prepareJob, shop } from '../../support/prepare-job.ts';
import {
  dumpSchema,
  type Servers,
  startServers,
  type TestDatabase,
} from '../../support/servers.ts';

// TypeORM looks for its list of migrations in database_schema, and makes tables on the search_path: where a
// configuration sets only one of them, the list and its tables are in two schemas.
const schemaLess = HAND_WRITTEN.replace(/^\s*database_schema: .*\n/m, '');
const missing = 'cart, country, currency, customer, order, product, region, store, user';
const command = '"node node_modules/.bin/medusa migrations run"';
const outside =
  'the migrations put objects outside of schema "shop": index public."PK_8c82d7f526340ab734260ea46be", sequence public.migrations_id_seq, table public.migrations; have the migrations name no schema (your own medusa-config.js needs database_schema: process.env.DATABASE_SCHEMA, or set database.schema: public), and before the next up run: ';
const listed = `all ${MIGRATIONS} migrations are listed as done in schema "public", which lacks Medusa's tables ${missing}: `;
const move = 'ALTER TABLE "public"."migrations" SET SCHEMA "shop"';
const needs =
  'your own medusa-config.js needs database_schema: process.env.DATABASE_SCHEMA, and before the next up run: ';
let servers: Servers;
let job: PrepareJob;

beforeAll(async () => {
  expect(schemaLess).not.toBe(HAND_WRITTEN);
  const image = await backendImage();
  servers = await startServers('proof');
  job = prepareJob(servers, image);
});
afterAll(() => servers?.stop());

/** A run with a configuration that names no schema; on docker, where the message holds a whole command. */
function withoutSchema(database: TestDatabase, schema: 'shop' | 'public', onDocker = true) {
  const server = { container: servers.databaseContainer, database: database.name };
  return job.run({
    schema,
    url: schema === 'shop' ? shop(database) : database.url('public,extensions'),
    files: { '/app/medusa-config.js': schemaLess },
    config: onDocker ? { server } : {},
  });
}

const psql = (database: TestDatabase) =>
  `docker exec ${servers.databaseContainer} psql -U postgres -d ${database.name} -c `;

/** Does what the last line says, as somebody pastes it. */
async function obey(last: string): Promise<void> {
  await execa('sh', ['-c', last.slice(last.indexOf('docker exec '))]);
}

async function schemasOf(database: TestDatabase): Promise<Record<string, unknown>[]> {
  return servers.sql(
    database.name,
    `select table_schema as schema, count(*)::int as tables from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') group by 1 order by 1`,
  );
}

describe('a configuration that names no schema, on its own schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await servers.createDatabase();
  });

  test('fails, and says how to move the list to its tables', async () => {
    expect(await withoutSchema(database, 'shop')).toMatchObject(
      failed(`${outside}${psql(database)}'ALTER TABLE public.migrations SET SCHEMA "shop"'`),
    );
    expect(await schemasOf(database)).toEqual([
      { schema: 'public', tables: 1 },
      { schema: 'shop', tables: TABLES - 1 },
    ]);
  });

  test('fails at the next run too, where nothing is new outside of the schema', async () => {
    expect(await withoutSchema(database, 'shop', false)).toMatchObject(
      failed(
        `${command} ended with exit code 0, and schema "shop" has no table of done migrations; the list of migrations is in "public", ${TABLES - 1} of its tables in "shop"; ${needs}${move}`,
      ),
    );
  });

  test('is whole when both was done, as if nothing had been', async () => {
    const { last } = await withoutSchema(database, 'shop');
    await obey(last);
    const files = { '/app/medusa-config.js': HAND_WRITTEN };
    expect(await job.run({ url: shop(database), files })).toMatchObject({ code: 0 });
    const other = await servers.createDatabase();
    expect(await job.run({ url: shop(other), files })).toMatchObject({ code: 0 });
    expect(await dumpSchema(servers, database.name, 'shop')).toBe(
      await dumpSchema(servers, other.name, 'shop'),
    );
  });
});

describe('database.schema: public after such a run', () => {
  test('is not proven by the list alone, and says what to take away', async () => {
    const database = await servers.createDatabase();
    await withoutSchema(database, 'shop');
    const run = await withoutSchema(database, 'public');
    expect(run).toMatchObject(
      failed(
        `${listed}the list of migrations is in "public", ${TABLES - 1} of its tables in "shop", none of which has a row that the migrations did not make; remove both, and before the next up run: ${psql(database)}'DROP TABLE "public"."migrations"; DROP SCHEMA "shop" CASCADE'`,
      ),
    );
    await obey(run.last);
    const next = await withoutSchema(database, 'public');
    expect(next).toMatchObject({ code: 0, last: 'prepare: done' });
    expect(next.output).toContain(
      `proven: schema "public" has ${MIGRATIONS} migrations, ${TABLES} tables\n`,
    );
    expect(await schemasOf(database)).toEqual([{ schema: 'public', tables: TABLES }]);
  });

  test('never drops tables with rows, which may be a shop', async () => {
    const database = await servers.createDatabase();
    await withoutSchema(database, 'shop');
    await servers.sql(database.name, "insert into shop.image (id, url) values ('one', 'x')");
    expect(await withoutSchema(database, 'public', false)).toMatchObject(
      failed(
        `${listed}the list of migrations is in "public", ${TABLES - 1} of its tables in "shop", 1 of which have rows (image), possibly your shop's data; to serve them set database.schema: shop (your own medusa-config.js needs database_schema: process.env.DATABASE_SCHEMA). Either way move their list back to them, which loses nothing, and before the next up run: ${move}`,
      ),
    );
    await servers.sql(database.name, move);
    expect(await withoutSchema(database, 'public')).toMatchObject({ code: 0 });
    const files = { '/app/medusa-config.js': HAND_WRITTEN };
    expect(await job.run({ url: shop(database), files })).toMatchObject({ code: 0 });
  });
});

describe('tables that somebody took away', () => {
  test('all of them: the list is what is wrong', async () => {
    const database = await servers.createDatabase();
    await withoutSchema(database, 'shop');
    await servers.sql(database.name, 'drop schema shop cascade');
    expect(await withoutSchema(database, 'public', false)).toMatchObject(
      failed(
        `${listed}no schema of this database has them: restore them from a backup, or, to begin with empty tables, remove the list, and before the next up run: DROP TABLE "public"."migrations"`,
      ),
    );
  });

  test('one of them: only a backup has it', async () => {
    const database = await servers.createDatabase();
    expect(await job.run({ url: shop(database) })).toMatchObject({ code: 0 });
    await servers.sql(database.name, 'drop table shop.country cascade');
    expect(await job.run({ url: shop(database) })).toMatchObject(
      failed(
        `all ${MIGRATIONS} migrations are listed as done in schema "shop", which lacks Medusa's tables country: restore them from a backup, or give this stack its own database`,
      ),
    );
  });
});
