import { beforeAll, describe, expect, test } from 'vitest';
import { execIn } from '../../../support/engine.ts';
import { eventually } from '../../../support/eventually.ts';
import {
  asSuperuser,
  bench,
  connect,
  image,
  type Names,
  provision,
  server,
  useSqlServer,
} from '../../../support/sql-server.ts';

/** A data folder as earlier versions made it: the image lets everybody in who reaches the socket. */
useSqlServer();

const shop: Names = { name: 'medusa', schema: 'shop', extensionsSchema: 'extensions' };
const socket = '/var/run/postgresql';

/** A process of this user that has got hold of the socket's folder, and asks to be a role. */
function intruder(user: string, role: string, database = 'postgres') {
  return bench.run({
    image,
    user,
    entrypoint: ['psql'],
    command: ['-XAtqw', '-h', socket, '-U', role, '-d', database, '-c', 'SELECT current_user'],
    folders: { socket },
  });
}

const refusal = (role: string) => ({
  code: 2,
  log: expect.stringContaining(`FATAL:  Peer authentication failed for user "${role}"`),
});

const rules = () =>
  asSuperuser(
    `SELECT concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','), auth_method)
       FROM pg_hba_file_rules ORDER BY line_number`,
  );

async function restart(): Promise<void> {
  await server.restart();
  await eventually(() => execIn(server.id, ['pg_isready', '-q', '-h', '127.0.0.1']));
}

describe('a data folder that trusts everybody on the socket', () => {
  beforeAll(async () => {
    // What somebody opened by hand closes as well.
    const command = 'echo "host all all all trust" >> "$PGDATA/pg_hba.conf"';
    await execIn(server.id, ['sh', '-c', command]);
  });

  test('makes any user who reaches it the superuser', async () => {
    expect(await rules()).toContain('local all all trust');
    expect(await intruder('1234', 'postgres')).toEqual({ code: 0, log: 'postgres\n' });
  });

  test('trusts nobody any more once it was prepared, while the server runs on', async () => {
    const { StartedAt } = (await server.inspect()).State;
    expect(await provision(shop, [1])).toEqual({ code: 0, log: '' });
    expect(await rules()).toBe(
      'local all all peer\nlocal replication all peer\nhost all all scram-sha-256',
    );
    for (const user of ['1234', 'root']) {
      expect(await intruder(user, 'postgres'), user).toEqual(refusal('postgres'));
      expect(await intruder(user, 'medusa_a', 'medusa'), user).toEqual(refusal('medusa_a'));
    }
    expect((await server.inspect()).State.StartedAt).toBe(StartedAt);
  });

  test('lets the superuser’s own user in, and backends by their passwords', async () => {
    expect(await intruder('postgres', 'postgres')).toEqual({ code: 0, log: 'postgres\n' });
    expect(await intruder('postgres', 'medusa_a', 'medusa')).toEqual(refusal('medusa_a'));
    await (await connect(shop, 1)).end();
  });

  test('keeps to it after a restart, and a second run changes nothing', async () => {
    const { StartedAt } = (await server.inspect()).State;
    await restart();
    expect((await server.inspect()).State.StartedAt).not.toBe(StartedAt);
    expect(await intruder('1234', 'postgres')).toEqual(refusal('postgres'));
    const stat = () => execIn(server.id, ['sh', '-c', 'stat -c "%i %Y %a" "$PGDATA"/pg_hba.conf*']);
    const before = await stat();
    expect(before.trim().split('\n')).toHaveLength(1);
    expect(await provision(shop, [1])).toEqual({ code: 0, log: '' });
    expect(await stat()).toBe(before);
  });

  test('takes rules that were written but not loaded for what they are', async () => {
    await execIn(server.id, [
      'sh',
      '-c',
      'cd "$PGDATA" && cp pg_hba.conf kept && echo "local all all trust" > pg_hba.conf',
    ]);
    await asSuperuser('SELECT pg_reload_conf()');
    await eventually(async () =>
      expect(await intruder('1234', 'postgres')).toMatchObject({ code: 0 }),
    );
    // A run that was killed right after it wrote the file.
    await execIn(server.id, ['sh', '-c', 'cd "$PGDATA" && mv kept pg_hba.conf']);
    expect(await intruder('1234', 'postgres')).toMatchObject({ code: 0 });
    expect(await provision(shop, [1])).toEqual({ code: 0, log: '' });
    expect(await intruder('1234', 'postgres')).toEqual(refusal('postgres'));
  });
});
