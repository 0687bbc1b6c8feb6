import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  postgresEntrypoint,
  postgresHealthCommand,
} from '../../../infra/components/docker/postgres-start.ts';
import { execIn, logsOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { ContainerBench, images } from '../../support/plain-container.ts';

const bench = new ContainerBench();
const folder = '/var/lib/postgresql/data';
const pgdata = `${folder}/pgdata`;
let image: string;

beforeAll(async () => {
  image = (await images()).images.postgres.ref;
});
afterAll(() => bench.close());

function start() {
  return bench.start({
    image,
    user: 'postgres',
    env: { PGDATA: pgdata, POSTGRES_INITDB_ARGS: '--auth-local=trust --auth-host=scram-sha-256' },
    entrypoint: postgresEntrypoint,
    command: ['postgres'],
    volumes: [folder],
  });
}

const [, ...health] = postgresHealthCommand(5432);
const healthy = (id: string) => eventually(() => execIn(id, health));
const sql = (id: string, text: string) =>
  execIn(id, ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text]);

test('a first start that was killed half way is made again', async () => {
  const server = await start();
  await eventually(() => execIn(server.id, ['test', '-s', `${pgdata}/PG_VERSION`]));
  await server.kill();
  await server.start();
  await healthy(server.id);
  expect(await logsOf(server.id)).toContain('the making of the cluster was cut off');
  // Other machines of the network may log in: the last thing that is written when it is made.
  const rules = await sql(
    server.id,
    "SELECT auth_method FROM pg_hba_file_rules WHERE address = 'all'",
  );
  expect(rules.trim()).toBe('scram-sha-256');
});

test('a cluster that has served is never made again', async () => {
  const server = await start();
  await healthy(server.id);
  await sql(server.id, 'CREATE TABLE kept AS SELECT 1 AS one');
  await server.kill();
  await server.start();
  await healthy(server.id);
  expect((await sql(server.id, 'SELECT one FROM kept')).trim()).toBe('1');
  expect(await logsOf(server.id)).not.toContain('the making of the cluster was cut off');
});
