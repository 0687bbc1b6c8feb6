import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { loginRoles } from '../../src/derive/login-roles.ts';
import type { SqlPreparePlan } from '../../src/derive/plan.ts';
import { searchPathOf } from '../../src/derive/search-path.ts';
import { planProvisionSql, planRetireSql } from '../../src/derive/sql/plan.ts';
import { fillTemplate, type SecretLookup } from '../../src/derive/template.ts';
import { postgresUrl } from '../../src/derive/url.ts';
import { runSql as runSqlInside } from '../../src/docker/psql.ts';
import { execIn } from './engine.ts';
import { eventually } from './eventually.ts';
import { ContainerBench, images } from './plain-container.ts';
import { postgres } from './unit/stack-files.ts';

/** One PostgreSQL for the tests of a file; what a file calls works from its first test on. */
export const bench = new ContainerBench();
const SOCKET = { socket: '/var/run/postgresql' };
export let image: string;
export let server: Awaited<ReturnType<ContainerBench['start']>>;
export let host: string;

/** Starts the server before the tests of the file that calls this, and removes it after them. */
export function useSqlServer(): void {
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
}

/** Passwords with everything that a quotation could trip over. */
const secrets: SecretLookup = (_, version) => `Pa$$w'o"r\\d :x %${version}`;

export interface Names {
  readonly name: string;
  readonly schema: string;
  readonly extensionsSchema: string;
}

export function runSql(
  plan: SqlPreparePlan,
  lookup = secrets,
  folders: Record<string, string> = SOCKET,
) {
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

/** What the roles of a stack may take where its file says nothing. */
export const LIMITS = { limits: postgres.limits, connections: 60 };

export const provision = (names: Names, versions: readonly number[], over = {}) =>
  runSql(
    planProvisionSql({ ...names, ...LIMITS, ...over, roles: loginRoles(names.name, versions) }),
  );

/** What happens once the new release is serving. */
export const retire = (
  names: Names,
  versions: readonly number[],
  connections = LIMITS.connections,
) => runSqlInside(server, planRetireSql(loginRoles(names.name, versions), connections));

export function connect(names: Names, version: number): Promise<pg.Client> {
  return connectTo(urlOf(names, version));
}

export async function connectTo(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** Why the server ended a session; its driver reports it more than once. */
export function endOf(client: pg.Client): Promise<unknown> {
  return new Promise((resolve) => client.on('error', resolve));
}

export async function asSuperuser(sql: string, database = 'postgres'): Promise<string> {
  return (await execIn(server.id, ['psql', '-XAtqc', sql, '-d', database])).trim();
}

/** What a session of a backend is; `OWNER_SESSION` is what it should be. */
export async function sessionOf(client: pg.Client): Promise<readonly unknown[]> {
  const { rows } = await client.query(
    `SELECT session_user::text, current_user::text, current_schemas(false)::text AS path,
      (SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
        FROM pg_roles WHERE rolname = session_user) AS powers`,
  );
  return rows;
}

export const OWNER_SESSION = [
  { session_user: 'medusa_a', current_user: 'medusa', path: '{shop,extensions}', powers: false },
];

export const OWNED = `SELECT pg_get_userbyid(c.relowner) || ' ' || n.nspname || '.' || c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT pg_get_userbyid(t.typowner) || ' ' || n.nspname || '.' || t.typname
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' ORDER BY 1`;

export function urlOf(names: Names, version: number): string {
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
