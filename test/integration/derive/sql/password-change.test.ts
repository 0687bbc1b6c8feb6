import { beforeAll, describe, expect, test } from 'vitest';
import { runSql as runSqlInside } from '../../../../src/docker/psql.ts';
import {
  asSuperuser,
  connect,
  endOf,
  type Names,
  OWNED,
  provision,
  retire,
  server,
  useSqlServer,
} from '../../../support/sql-server.ts';

useSqlServer();

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
