import type pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { withoutTimeouts } from '../../../../src/container/database-url.ts';
import {
  asSuperuser,
  connect,
  connectTo,
  endOf,
  type Names,
  provision,
  retire,
  urlOf,
  useSqlServer,
} from '../../../support/sql-server.ts';

useSqlServer();

const shop: Names = { name: 'medusa', schema: 'shop', extensionsSchema: 'extensions' };
const success = { code: 0, log: '' };

const open: pg.Client[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.end().catch(() => undefined)));
});

async function session(version = 1, url = urlOf(shop, version)): Promise<pg.Client> {
  const client = await connectTo(url);
  // The server ends some of them.
  client.on('error', () => undefined);
  open.push(client);
  return client;
}

async function timeoutsOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query({
    text: `SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
      current_setting('idle_in_transaction_session_timeout')`,
    rowMode: 'array',
  });
  return rows[0] ?? [];
}

describe('the time of a session', () => {
  const short = { limits: { statement: 2, lock: 1, idleInTransaction: 3 } };

  test('is limited for each login role, as the stack file says', async () => {
    expect(await provision(shop, [2, 1])).toEqual(success);
    for (const version of [1, 2]) {
      expect(await timeoutsOf(await session(version))).toEqual(['1min', '30s', '5min']);
    }
    const longer = { limits: { statement: 7200, lock: false, idleInTransaction: 90 } };
    expect(await provision(shop, [2, 1], longer)).toEqual(success);
    expect(await timeoutsOf(await session())).toEqual(['2h', '0', '90s']);
  });

  test('ends a statement that runs too long, and one that waits too long for a lock', async () => {
    expect(await provision(shop, [2, 1], short)).toEqual(success);
    const [holder, waiting] = await Promise.all([session(1), session(2)]);
    await expect(holder.query('SELECT pg_sleep(5)')).rejects.toMatchObject({
      code: '57014',
      message: 'canceling statement due to statement timeout',
    });
    await holder.query('CREATE TABLE stock (id int); INSERT INTO stock VALUES (1)');
    await holder.query('BEGIN; LOCK TABLE stock');
    await expect(waiting.query('SELECT id FROM stock')).rejects.toMatchObject({
      code: '55P03',
      message: 'canceling statement due to lock timeout',
    });
    await holder.query('ROLLBACK');
    expect((await waiting.query('SELECT id FROM stock')).rows).toEqual([{ id: 1 }]);
  });

  test('ends a session whose transaction does nothing, with its locks, and no other', async () => {
    const [stuck, idle] = await Promise.all([session(), session()]);
    const ended = endOf(stuck);
    await stuck.query('BEGIN; LOCK TABLE stock');
    expect(await ended).toMatchObject({ code: '25P03' });
    expect((await idle.query('SELECT id FROM stock')).rows).toEqual([{ id: 1 }]);
  });

  test('is not limited for a migration, and never for the superuser', async () => {
    const migration = await session(1, withoutTimeouts(urlOf(shop, 1)));
    expect(await timeoutsOf(migration)).toEqual(['0', '0', '0']);
    await migration.query('SELECT pg_sleep(3)');
    const { rows } = await migration.query('SELECT current_schemas(false)::text AS path');
    expect(rows).toEqual([{ path: '{shop,extensions}' }]);
    expect(await asSuperuser('SHOW statement_timeout', 'medusa')).toBe('0');
  });
});

describe('the number of a role’s sessions', () => {
  const connections = (count: number) => ({ connections: count });
  const allowed = () =>
    asSuperuser(
      "SELECT string_agg(rolname || ' ' || rolconnlimit, ', ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'medusa\\__'",
    );

  test('is limited once its release has taken over, and raised before a larger one', async () => {
    await retire(shop, [2, 1], 2);
    expect(await allowed()).toBe('medusa_a 2, medusa_b 2');
    expect(await provision(shop, [2, 1], connections(4))).toEqual(success);
    expect(await allowed()).toBe('medusa_a 4, medusa_b 4');
  });

  test('stays as it is before a smaller one: the replicas of the previous release still open some', async () => {
    expect(await provision(shop, [2, 1], connections(3))).toEqual(success);
    expect(await allowed()).toBe('medusa_a 4, medusa_b 4');
    const many = await Promise.all([1, 2, 3, 4].map(() => session()));
    await retire(shop, [2, 1], 3);
    expect(await allowed()).toBe('medusa_a 3, medusa_b 3');
    // What is open stays open.
    for (const client of many) await client.query('SELECT 1');
  });

  test('leaves room for the other role and for the superuser', async () => {
    await Promise.all([1, 2, 3].map(() => session()));
    await expect(connect(shop, 1)).rejects.toThrow('too many connections for role "medusa_a"');
    await session(2);
    expect(await provision(shop, [2, 1], connections(3))).toEqual(success);
  });

  test('of a role of an earlier version is limited after the release, and not before it', async () => {
    await asSuperuser('ALTER ROLE medusa_a CONNECTION LIMIT -1');
    expect(await provision(shop, [1], connections(3))).toEqual(success);
    expect(await allowed()).toBe('medusa_a -1, medusa_b 3');
    await retire(shop, [1], 3);
    expect(await allowed()).toBe('medusa_a 3, medusa_b 3');
  });
});
