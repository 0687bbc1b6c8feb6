import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginRoles } from '../../../src/derive/login-roles.ts';
import type { SqlPreparePlan } from '../../../src/derive/plan.ts';
import { searchPathOf } from '../../../src/derive/search-path.ts';
import { planExternalSql, planProvisionSql, planRetireSql } from '../../../src/derive/sql/plan.ts';
import { dollarQuote, quoteIdentifier, quoteLiteral } from '../../../src/derive/sql/quote.ts';
import { LOCK_KEY } from '../../../src/derive/sql/shared.ts';
import { fillTemplate, type SecretLookup } from '../../../src/derive/template.ts';
import { postgresUrl, withPostgresOptions } from '../../../src/derive/url.ts';
import { runSql as runSqlInside } from '../../../src/docker/psql.ts';
import { execIn, logsOf } from '../../support/engine.ts';
import { ContainerBench, eventually, images } from '../../support/plain-container.ts';

const bench = new ContainerBench();
const SOCKET = { socket: '/var/run/postgresql' };
let image: string;
let server: Awaited<ReturnType<ContainerBench['start']>>;
let host: string;

beforeAll(async () => {
  image = (await images()).images.postgres.ref;
  server = await bench.start({
    image,
    user: 'postgres',
    env: { POSTGRES_PASSWORD: 'for-a-moment', PGDATA: '/var/lib/postgresql/data/pgdata' },
    // As talkative as a server can be: passwords must not show up even so.
    command: ['postgres', '-c', 'log_statement=all', '-c', 'log_min_duration_statement=0'],
    folders: SOCKET,
  });
  host = await bench.address(server);
  await eventually(() => execIn(server.id, ['pg_isready', '-q', '-h', '127.0.0.1']));
});
afterAll(() => bench.close());

/** Passwords with everything that a quotation could trip over. */
const secrets: SecretLookup = (_, version) => `Pa$$w'o"r\\d :x %${version}`;

interface Names {
  readonly name: string;
  readonly schema: string;
  readonly extensionsSchema: string;
}

function runSql(plan: SqlPreparePlan, lookup = secrets, folders: Record<string, string> = SOCKET) {
  const files = Object.entries(plan.secretFiles).map(([name, template]) => [
    `/run/secrets/${name}`,
    fillTemplate(template, lookup),
  ]);
  return bench.run({
    image,
    user: 'postgres',
    entrypoint: plan.command.slice(0, 1),
    command: plan.command.slice(1),
    files: { ...Object.fromEntries(files), [plan.scriptPath]: plan.script },
    folders,
  });
}

const provision = (names: Names, versions: readonly number[]) =>
  runSql(planProvisionSql({ ...names, roles: loginRoles(names.name, versions) }));

/** What happens once the new release is serving. */
const retire = (names: Names, versions: readonly number[]) =>
  runSqlInside(server, planRetireSql(loginRoles(names.name, versions)));

function connect(names: Names, version: number): Promise<pg.Client> {
  return connectTo(urlOf(names, version));
}

async function connectTo(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** Why the server ended a session; its driver reports it more than once. */
function endOf(client: pg.Client): Promise<unknown> {
  return new Promise((resolve) => client.on('error', resolve));
}

async function asSuperuser(sql: string, database = 'postgres'): Promise<string> {
  return (await execIn(server.id, ['psql', '-XAtqc', sql, '-d', database])).trim();
}

describe('a server of the stack’s own', () => {
  const shop: Names = { name: 'medusa', schema: 'shop', extensionsSchema: 'extensions' };

  test('is prepared, and running it again says and changes nothing', async () => {
    expect(await provision(shop, [1])).toEqual({ code: 0, log: '' });
    const dump = async () =>
      (await execIn(server.id, ['pg_dumpall', '--no-role-passwords'])).replaceAll(
        // A key against meddling, new in each dump.
        /^\\(un)?restrict .*$/gm,
        '',
      );
    const before = await dump();
    expect(await provision(shop, [1])).toEqual({ code: 0, log: '' });
    expect(await dump()).toBe(before);
  });

  test('a backend acts as the owner, in the schema, with nothing more than it needs', async () => {
    const client = await connect(shop, 1);
    const { rows } = await client.query(
      `SELECT session_user::text, current_user::text, current_schemas(false)::text AS path,
        (SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
          FROM pg_roles WHERE rolname = session_user) AS powers`,
    );
    expect(rows).toEqual([
      {
        session_user: 'medusa_a',
        current_user: 'medusa',
        path: '{shop,extensions}',
        powers: false,
      },
    ]);
    await client.query('CREATE TABLE product (title text)');
    await client.query('CREATE INDEX ON product USING gin (title gin_trgm_ops)');
    await client.query("CREATE TYPE status AS ENUM ('a'); CREATE EXTENSION IF NOT EXISTS pg_trgm");
    await expect(client.query('CREATE TABLE extensions.x ()')).rejects.toThrow('permission denied');
    await expect(client.query('CREATE ROLE x')).rejects.toThrow('permission denied');
    await client.end();
    expect(await asSuperuser(OWNED, 'medusa')).toBe('medusa shop.product\nmedusa shop.status');
  });

  test('the next version logs in with the other role and owns the same tables', async () => {
    expect(await provision(shop, [2, 1])).toEqual({ code: 0, log: '' });
    const [before, after] = await Promise.all([connect(shop, 1), connect(shop, 2)]);
    await after.query(
      "ALTER TABLE product ADD COLUMN handle text; INSERT INTO product VALUES ('x')",
    );
    expect((await before.query('SELECT title, handle FROM product')).rows).toEqual([
      { title: 'x', handle: null },
    ]);
    await Promise.all([before.end(), after.end()]);
  });

  test('a version that is no longer kept goes on until it is retired, then its sessions end', async () => {
    const serving = await connect(shop, 1);
    const ended = endOf(serving);
    expect(await provision(shop, [2])).toEqual({ code: 0, log: '' });
    await serving.query('SELECT 1');
    await (await connect(shop, 1)).end();
    const next = await connect(shop, 2);
    await retire(shop, [2]);
    expect(await ended).toMatchObject({
      message: 'terminating connection due to administrator command',
    });
    await expect(connect(shop, 1)).rejects.toThrow(/password authentication failed/);
    await next.query('SELECT 1');
    await next.end();
    await expect(connect(shop, 4)).rejects.toThrow(/password authentication failed/);
    expect(await asSuperuser(LOGINS)).toBe('medusa_a false false\nmedusa_b true true');
    await retire(shop, [2]);
    expect(await asSuperuser(LOGINS)).toBe('medusa_a false false\nmedusa_b true true');
  });

  test('a password that was changed behind its back is right again after the next run', async () => {
    await asSuperuser(`ALTER ROLE medusa_b PASSWORD 'other'`);
    await expect(connect(shop, 2)).rejects.toThrow(/password authentication failed/);
    expect(await provision(shop, [2])).toEqual({ code: 0, log: '' });
    await (await connect(shop, 2)).end();
  });

  test('the superuser has no way in over the network, and backends none into other databases', async () => {
    await expect(connectTo(`postgres://postgres:for-a-moment@${host}/postgres`)).rejects.toThrow(
      /password authentication failed/,
    );
    await expect(connect({ ...shop, name: 'postgres' }, 2)).rejects.toThrow();
    const foreign = withDatabase(urlOf(shop, 2), 'postgres');
    await expect(connectTo(foreign)).rejects.toThrow(/permission denied for database "postgres"/);
  });

  test.each<Names>([
    { name: 'My "Shop"; --', schema: "Sch'e ma", extensionsSchema: 'Ext,\\x' },
    { name: 'a=b c', schema: ' lead', extensionsSchema: 'pg$1' },
    { name: 'ünï\ncode', schema: 'postgres://x', extensionsSchema: 'public' },
    { name: "back\\slash'q", schema: 'a\\ b', extensionsSchema: 'a\\ b' },
    { name: ':name', schema: '%s %I', extensionsSchema: ':"x"' },
    { name: '$do$', schema: '$do$', extensionsSchema: "'''" },
  ])('any name goes: %j', async (names) => {
    expect(await provision(names, [1])).toEqual({ code: 0, log: '' });
    expect(await provision(names, [1])).toEqual({ code: 0, log: '' });
    const client = await connect(names, 1);
    await client.query('CREATE TABLE t (x text); CREATE INDEX ON t USING gin (x gin_trgm_ops)');
    const { rows } = await client.query(
      `SELECT schemaname::text, tableowner::text FROM pg_tables WHERE tablename = 't'`,
    );
    expect(rows).toEqual([{ schemaname: names.schema, tableowner: names.name }]);
    await client.end();
  });

  test('libpq reads the same URL', async () => {
    const names = { name: 'My "Shop"; --', schema: "Sch'e ma", extensionsSchema: 'Ext,\\x' };
    const url = urlOf(names, 1);
    const sql = 'SELECT current_user, current_schema, current_database()';
    expect(await execIn(server.id, ['psql', url, '-XAtc', sql])).toBe(
      'My "Shop"; --|Sch\'e ma|My "Shop"; --\n',
    );
  });

  test('an extension that is elsewhere is not moved, but the key to set is named', async () => {
    const other = { ...shop, extensionsSchema: 'more' };
    const { code, log } = await provision(other, [2]);
    expect(code).toBe(3);
    expect(log).toContain(
      'database.extensionsSchema: the extension pg_trgm is already in schema extensions, but the stack file says more; set database.extensionsSchema to extensions, or move it: ALTER EXTENSION pg_trgm SET SCHEMA more',
    );
  });

  test('two runs at once do not meet', async () => {
    const names = { name: 'twice', schema: 's', extensionsSchema: 'e' };
    const results = await Promise.all([provision(names, [1]), provision(names, [1])]);
    expect(results).toEqual([
      { code: 0, log: '' },
      { code: 0, log: '' },
    ]);
  });

  test('a run that never ends is named to the one that waits for it', async () => {
    const holder = await connect(shop, 2);
    await holder.query(`SELECT pg_advisory_lock(${LOCK_KEY})`);
    const roles = loginRoles(shop.name, [2]);
    const plan = planProvisionSql({ ...shop, roles });
    const script = plan.script.replaceAll("lock_timeout TO '60s'", "lock_timeout TO '1s'");
    const { code, log } = await runSql({ ...plan, script });
    await holder.end();
    expect(code).toBe(3);
    expect(log).toContain(
      'another run has been preparing this database for more than 60 s; wait until it has ended and run again',
    );
  });

  test('no password is in the server’s log, though it logs every statement', async () => {
    const log = await logsOf(server.id);
    expect(log).toContain('CREATE TABLE product');
    expect(log).not.toContain('Pa$$w');
    expect(log).not.toMatch(/PASSWORD '(?!other)/);
  });
});

describe('a password that changes', () => {
  const shop: Names = { name: 'rotated', schema: 'shop', extensionsSchema: 'extensions' };
  const works = async (version: number) => {
    const client = await connect(shop, version);
    const { rows } = await client.query(
      `INSERT INTO visit VALUES (${version}) RETURNING current_user::text AS owner`,
    );
    await client.end();
    expect(rows).toEqual([{ owner: 'rotated' }]);
  };
  const refused = (version: number) =>
    expect(connect(shop, version)).rejects.toThrow(/password authentication failed/);

  beforeAll(async () => {
    expect(await provision(shop, [1])).toEqual({ code: 0, log: '' });
    await retire(shop, [1]);
    const client = await connect(shop, 1);
    await client.query('CREATE TABLE visit (version int)');
    await client.end();
  });

  test('from 1 to 2 to 3: the one in use works until the next has taken over', async () => {
    for (const version of [2, 3]) {
      expect(await provision(shop, [version])).toEqual({ code: 0, log: '' });
      await works(version - 1);
      await works(version);
      await retire(shop, [version]);
      await refused(version - 1);
      await works(version);
    }
    await refused(1);
  });

  test('with keep the one before still logs in, and the one before that does not', async () => {
    for (const [version, previous] of [
      [4, 3],
      [5, 4],
    ] as const) {
      expect(await provision(shop, [version, previous])).toEqual({ code: 0, log: '' });
      await works(previous);
      await retire(shop, [version, previous]);
      await works(previous);
      await works(version);
      await refused(previous - 1);
    }
  });

  test('a session of the version whose role is taken ends with its password', async () => {
    const [kept, serving] = await Promise.all([connect(shop, 4), connect(shop, 5)]);
    const ended = endOf(kept);
    // The same versions again end nothing.
    expect(await provision(shop, [5, 4])).toEqual({ code: 0, log: '' });
    await kept.query('SELECT 1');
    expect(await provision(shop, [6, 5])).toEqual({ code: 0, log: '' });
    expect(await ended).toMatchObject({
      message: 'terminating connection due to administrator command',
    });
    await serving.query('SELECT 1');
    await serving.end();
    expect(
      await asSuperuser(
        `SELECT rolname, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname LIKE 'rotated\\__' ORDER BY 1`,
      ),
    ).toBe(
      'rotated_a|medusa-infra: password version 5\nrotated_b|medusa-infra: password version 6',
    );
  });

  test('back by one: the one in use works until the earlier has taken over', async () => {
    await retire(shop, [6, 5]);
    expect(await provision(shop, [5])).toEqual({ code: 0, log: '' });
    await works(6);
    await works(5);
    await retire(shop, [5]);
    await refused(6);
    await works(5);
  });

  test('all that was made on the way belongs to the owner', async () => {
    expect(await asSuperuser(OWNED, 'rotated')).toBe('rotated shop.visit');
  });

  test('before any release there is nothing to retire, which is no error', async () => {
    await retire({ ...shop, name: 'never "made"' }, [1]);
  });

  test('a script that fails says what PostgreSQL says, without the statement', async () => {
    await expect(
      runSqlInside(server, `ALTER ROLE nobody PASSWORD 's3cret-in-a-statement';\n`),
    ).rejects.toThrow(
      /^PostgreSQL rejected a statement of its superuser: psql:<stdin>:1: ERROR: {2}role "nobody" does not exist$/,
    );
    await expect(runSqlInside(server, `SELECT 's3cret' FROM nowhere;\n`)).rejects.toThrow(
      /^PostgreSQL rejected a statement of its superuser: psql:<stdin>:1: ERROR: {2}relation "nowhere" does not exist at character 22$/,
    );
  });
});

describe('quoting is PostgreSQL’s own', () => {
  const text = fc
    .string({ unit: fc.constantFrom(...'aZ"\'\\ $:;%\n漢'), minLength: 1, maxLength: 15 })
    .filter((value) => !value.includes('\0'));

  test('for literals, dollar quotes and identifiers', async () => {
    const client = new pg.Client({
      host: `${bench.folder}/socket`,
      user: 'postgres',
      database: 'postgres',
    });
    await client.connect();
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const { rows, fields } = await client.query({
          text: `SELECT ${quoteLiteral(value)} AS a, ${dollarQuote(value)} AS b, 1 AS ${quoteIdentifier(value)}`,
          rowMode: 'array',
        });
        expect(rows[0]?.slice(0, 2)).toEqual([value, value]);
        expect(fields[2]?.name).toBe(value);
        const quoted = await client.query('SELECT quote_literal($1) AS l, quote_ident($1) AS i', [
          value,
        ]);
        expect(quoted.rows[0].l).toBe(quoteLiteral(value));
        expect([value, quoteIdentifier(value)]).toContain(quoted.rows[0].i);
      }),
      { numRuns: 300 },
    );
    await client.end();
  });
});

describe('somebody else’s server', () => {
  const names = { schema: 'shop', extensionsSchema: 'ext' };
  let url: string;
  const sqlPlan = (over: Partial<typeof names> = {}) =>
    planExternalSql({
      ...names,
      ...over,
      secret: 'databaseUrl',
      options: { searchPath: ['shop', 'ext'], ssl: 'off' },
      files: {},
    });
  const external = (over?: Partial<typeof names>) => runSql(sqlPlan(over), () => url, {});

  beforeAll(async () => {
    await asSuperuser(`CREATE ROLE "the user" LOGIN PASSWORD 'p w/%@'`);
    await asSuperuser('CREATE DATABASE theirs');
    url = `postgres://the%20user:p%20w%2F%25%40@${host}:5432/theirs?application_name=x`;
  });

  test('what may not be created is asked for by its statement', async () => {
    const { code, log } = await external();
    expect(code).toBe(3);
    expect(log).toContain(
      `database.schema: schema shop is not there, and the user the user may not create it; ask the database's administrator for: CREATE SCHEMA shop AUTHORIZATION "the user"`,
    );
    await asSuperuser('CREATE SCHEMA shop', 'theirs');
    expect((await external()).log).toContain(
      `database.schema: the user the user has no USAGE right on schema shop; ask the database's administrator for: GRANT USAGE, CREATE ON SCHEMA shop TO "the user"`,
    );
    await asSuperuser('GRANT USAGE, CREATE ON SCHEMA shop TO "the user"', 'theirs');
    expect((await external()).log).toContain(
      `database.extensionsSchema: the user the user may not create the extension pg_trgm in schema ext; ask the database's administrator for: CREATE SCHEMA IF NOT EXISTS ext; CREATE EXTENSION pg_trgm WITH SCHEMA ext; GRANT USAGE ON SCHEMA ext TO "the user"`,
    );
  });

  test('once it has been granted, all is well, and stays so', async () => {
    await asSuperuser('CREATE SCHEMA ext; CREATE EXTENSION pg_trgm WITH SCHEMA ext', 'theirs');
    expect((await external()).log).toContain(
      `the user the user may not use schema ext; ask the database's administrator for: GRANT USAGE ON SCHEMA ext TO "the user"`,
    );
    await asSuperuser('GRANT USAGE ON SCHEMA ext TO "the user"', 'theirs');
    expect(await external()).toEqual({ code: 0, log: '' });
    expect(await external()).toEqual({ code: 0, log: '' });
  });

  test('an extension elsewhere is named with the key to set', async () => {
    expect((await external({ extensionsSchema: 'other' })).log).toContain(
      'the extension pg_trgm is already in schema ext, but the stack file says other; set database.extensionsSchema to ext',
    );
  });

  test('with the right to create, everything is made', async () => {
    await asSuperuser('CREATE DATABASE generous OWNER "the user"');
    const generous = url.replace('/theirs', '/generous');
    expect(await runSql(sqlPlan(), () => generous, {})).toEqual({ code: 0, log: '' });
    const options = { searchPath: ['shop', 'ext'], ssl: 'off' } as const;
    const client = await connectTo(withPostgresOptions(generous, options));
    await client.query('CREATE TABLE t (x text); CREATE INDEX ON t USING gin (x gin_trgm_ops)');
    expect((await client.query('SELECT current_schema::text AS s')).rows).toEqual([{ s: 'shop' }]);
    await client.end();
  });

  test('a wrong password fails and is not shown', async () => {
    const wrong = url.replace('p%20w%2F%25%40', 'wrong-one');
    const { code, log } = await runSql(sqlPlan(), () => wrong, {});
    expect(code).toBe(2);
    expect(log).toContain('password authentication failed');
    expect(log).not.toContain('wrong-one');
  });

  test('a server without TLS is refused where the file asks for it', async () => {
    const plan = planExternalSql({
      ...names,
      secret: 'databaseUrl',
      options: { searchPath: ['shop'], ssl: 'verify-full', caPath: '/etc/ca.pem' },
      files: {},
    });
    const { code, log } = await runSql(plan, () => url, {});
    expect(code).toBe(2);
    expect(log).toContain('server does not support SSL, but SSL was required');
  });
});

const LOGINS = `SELECT rolname || ' ' || rolcanlogin || ' ' || (rolpassword IS NOT NULL)
  FROM pg_authid WHERE rolname LIKE 'medusa\\__' ORDER BY 1`;

const OWNED = `SELECT pg_get_userbyid(c.relowner) || ' ' || n.nspname || '.' || c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT pg_get_userbyid(t.typowner) || ' ' || n.nspname || '.' || t.typname
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' ORDER BY 1`;

function urlOf(names: Names, version: number): string {
  const template = postgresUrl({
    user: loginRoles(names.name, [version])[0]?.name ?? '',
    passwordSecret: 'database',
    host,
    port: 5432,
    database: names.name,
    searchPath: searchPathOf(names.schema, names.extensionsSchema),
    ssl: 'off',
  });
  return fillTemplate(template, (name) => secrets(name, version));
}

function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}
