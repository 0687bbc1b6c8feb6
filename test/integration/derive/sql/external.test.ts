import { beforeAll, describe, expect, test } from 'vitest';
import { planExternalSql } from '../../../../src/derive/sql/plan.ts';
import { withPostgresOptions } from '../../../../src/derive/url.ts';
import {
  asSuperuser,
  connectTo,
  host,
  LIMITS,
  runSql,
  useSqlServer,
} from '../../../support/sql-server.ts';

useSqlServer();

describe('somebody else’s server', () => {
  const names = { schema: 'shop', extensionsSchema: 'ext' };
  let url: string;
  const sqlPlan = (over: Partial<typeof names> = {}) =>
    planExternalSql({
      ...names,
      ...over,
      limits: LIMITS.limits,
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

  test('its user’s own sessions there are limited, but not what the administrator has limited', async () => {
    const shown = async (at = url) => {
      const client = await connectTo(at);
      const { rows } = await client.query(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
          current_setting('idle_in_transaction_session_timeout') AS idle`,
      );
      await client.end();
      return rows[0];
    };
    const ours = { statement: '1min', lock: '30s', idle: '5min' };
    expect(await shown()).toEqual(ours);
    // In other databases the user is as it was.
    const none = { statement: '0', lock: '0', idle: '0' };
    expect(await shown(url.replace('/theirs', '/postgres'))).toEqual(none);
    await asSuperuser('ALTER ROLE "the user" IN DATABASE theirs RESET ALL');
    await asSuperuser('ALTER ROLE "the user" SET statement_timeout TO \'7s\'');
    await asSuperuser("ALTER DATABASE theirs SET lock_timeout TO '3s'");
    expect(await external()).toEqual({ code: 0, log: '' });
    expect(await shown()).toEqual({ ...ours, statement: '7s', lock: '3s' });
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
      limits: LIMITS.limits,
      secret: 'databaseUrl',
      options: { searchPath: ['shop'], ssl: 'verify-full', caPath: '/etc/ca.pem' },
      files: {},
    });
    const { code, log } = await runSql(plan, () => url, {});
    expect(code).toBe(2);
    expect(log).toContain('server does not support SSL, but SSL was required');
  });
});
