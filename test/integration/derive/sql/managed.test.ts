import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { planAwsDatabase, psqlCommand } from '../../../../src/derive/aws/database.ts';
import { loginRoles } from '../../../../src/derive/login-roles.ts';
import type { PlannedSecret } from '../../../../src/derive/plan.ts';
import { managedRetireScript } from '../../../../src/derive/sql/managed.ts';
import { fillTemplate, type SecretLookup } from '../../../../src/derive/template.ts';
import { execIn, logsOf } from '../../../support/engine.ts';
import {
  asSuperuser,
  bench,
  host,
  image,
  OWNER_SESSION,
  server,
  sessionOf,
  useSqlServer,
} from '../../../support/sql-server.ts';
import { postgres } from '../../../support/unit/stack-files.ts';

/*
 * The SQL for a server that a cloud runs, as a master user with the rights that RDS gives one: no
 * superuser, but CREATEROLE, CREATEDB and membership of pg_signal_backend.
 */
useSqlServer();
beforeAll(async () => {
  await asSuperuser(
    "CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD 'master-password'; GRANT pg_signal_backend TO master",
  );
});

const secrets: SecretLookup = (_, version) => `generatedPassword${version}`;

function prepare(versions: readonly number[]) {
  const database: PlannedSecret = {
    name: 'database',
    from: 'generated',
    length: 64,
    alphabet: 'alphanumeric',
    versions,
  };
  const { sql } = planAwsDatabase(postgres, [database], 2);
  if (!sql) throw new Error('no SQL');
  const variables = Object.entries(sql.secretFiles).map(([name, template]) => [
    name,
    fillTemplate(template, secrets),
  ]);
  return runSql(sql.scriptPath, sql.script, Object.fromEntries(variables));
}

function retire(unused: readonly string[], living: readonly string[] = []) {
  const script = managedRetireScript({ unused, living }, 40, 60);
  return runSql('/opt/medusa-infra/retire.sql', script, {});
}

async function runSql(path: string, script: string, env: Record<string, string>) {
  const [program = '', ...args] = psqlCommand(path);
  return bench.run({
    image,
    user: 'postgres',
    entrypoint: [program],
    command: args,
    env: {
      ...env,
      PGHOST: host,
      PGUSER: 'master',
      PGPASSWORD: 'master-password',
      PGDATABASE: 'postgres',
      PGSSLMODE: 'disable',
    },
    files: { [path]: script },
  });
}

async function connect(version: number): Promise<pg.Client> {
  const [role] = loginRoles('medusa', [version]);
  const client = new pg.Client({
    connectionString: `postgres://${role?.name}:generatedPassword${version}@${host}/medusa`,
  });
  // Ended by the server in one of the tests.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const success = { code: 0, log: '' };

describe('a server that a cloud runs', () => {
  test('is prepared by a master who is no superuser, and running it again changes nothing', async () => {
    expect(await prepare([1])).toEqual(success);
    // Sorted: settings of roles come in the order in which they were last written.
    const dump = async () =>
      (await execIn(server.id, ['pg_dumpall']))
        .split('\n')
        .filter((line) => !/^\\(un)?restrict /.test(line))
        .sort();
    const before = await dump();
    expect(await prepare([1])).toEqual(success);
    // Passwords included: the verifier of a password is always the same.
    expect(await dump()).toEqual(before);
  });

  test('two at once do not meet', async () => {
    expect(await Promise.all([prepare([1]), prepare([1])])).toEqual([success, success]);
  });

  test('the backend logs in with its password, acts as the owner, and may do no more', async () => {
    const client = await connect(1);
    expect(await sessionOf(client)).toEqual(OWNER_SESSION);
    await client.query('CREATE TABLE product (title text)');
    await client.query('CREATE INDEX ON product USING gin (title gin_trgm_ops)');
    await expect(client.query('CREATE TABLE extensions.x ()')).rejects.toThrow('permission denied');
    await expect(client.query('CREATE ROLE x')).rejects.toThrow('permission denied');
    await client.end();
  });

  test('the next version comes next to the one in use, which a task of the old release may still start', async () => {
    const serving = await connect(1);
    expect(await prepare([2])).toEqual(success);
    expect(await prepare([1])).toEqual(success);
    const next = await connect(2);
    await next.query("INSERT INTO product VALUES ('x')");
    expect((await serving.query('SELECT title FROM product')).rows).toEqual([{ title: 'x' }]);
    await (await connect(1)).end();
    await Promise.all([serving.end(), next.end()]);
  });

  test('once retired, the old role has no login, no password and no session', async () => {
    const old = await connect(1);
    const ended = new Promise((done) => old.once('end', done));
    expect(await retire(['medusa_a'])).toEqual(success);
    await ended;
    expect(
      await asSuperuser(
        "SELECT rolcanlogin, rolpassword IS NULL FROM pg_authid WHERE rolname = 'medusa_a'",
      ),
    ).toBe('f|t');
    await expect(connect(1)).rejects.toThrow();
    await (await connect(2)).end();
    expect(await retire(['medusa_a', 'nobody'])).toEqual(success);
  });

  test('its sessions are limited in time, and its roles in number of sessions', async () => {
    const client = await connect(2);
    const { rows } = await client.query(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
        current_setting('idle_in_transaction_session_timeout') AS idle`,
    );
    await client.end();
    expect(rows).toEqual([{ statement: '1min', lock: '30s', idle: '5min' }]);
    const allowed = () =>
      asSuperuser(
        "SELECT rolname || ' ' || rolconnlimit FROM pg_roles WHERE rolname LIKE 'medusa\\__' ORDER BY 1",
      );
    // Two tasks of two releases with two pools of ten, and some: in steps of a hundred.
    expect(await allowed()).toBe('medusa_a 100\nmedusa_b 100');
    expect(await retire(['medusa_a'], ['medusa_b', 'nobody'])).toEqual(success);
    expect(await allowed()).toBe('medusa_a 100\nmedusa_b 40');
    expect(await prepare([2])).toEqual(success);
    expect(await allowed()).toBe('medusa_a 100\nmedusa_b 100');
  });

  test('no password reaches the server, which logs every statement', async () => {
    const log = await logsOf(server.id);
    expect(log).toContain('SCRAM-SHA-256$4096:');
    expect(log).not.toContain('generatedPassword');
  });
});
