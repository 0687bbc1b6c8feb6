import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loginRoles } from '../../../../src/derive/login-roles.ts';
import { planProvisionSql } from '../../../../src/derive/sql/plan.ts';
import { dollarQuote, quoteIdentifier, quoteLiteral } from '../../../../src/derive/sql/quote.ts';
import { LOCK_KEY } from '../../../../src/derive/sql/shared.ts';
import { execIn, logsOf } from '../../../support/engine.ts';
import {
  asSuperuser,
  connect,
  connectTo,
  endOf,
  host,
  LIMITS,
  type Names,
  OWNED,
  OWNER_SESSION,
  provision,
  retire,
  runSql,
  server,
  sessionOf,
  urlOf,
  useSqlServer,
} from '../../../support/sql-server.ts';

useSqlServer();

const logins = `SELECT rolname || ' ' || rolcanlogin || ' ' || (rolpassword IS NOT NULL)
  FROM pg_authid WHERE rolname LIKE 'medusa\\__' ORDER BY 1`;

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
    expect(await sessionOf(client)).toEqual(OWNER_SESSION);
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
    expect(await asSuperuser(logins)).toBe('medusa_a false false\nmedusa_b true true');
    await retire(shop, [2]);
    expect(await asSuperuser(logins)).toBe('medusa_a false false\nmedusa_b true true');
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
    const plan = planProvisionSql({ ...shop, ...LIMITS, roles });
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

describe('quoting is PostgreSQL’s own', () => {
  const text = fc
    .string({ unit: fc.constantFrom(...'aZ"\'\\ $:;%\n漢'), minLength: 1, maxLength: 15 })
    .filter((value) => !value.includes('\0'));

  test('for literals, dollar quotes and identifiers', async () => {
    const names = { name: 'quoting', schema: 's', extensionsSchema: 'e' };
    expect(await provision(names, [1])).toEqual({ code: 0, log: '' });
    const client = await connect(names, 1);
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

function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}
