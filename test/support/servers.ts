import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container } from 'dockerode';
import { Client } from 'pg';
import { ensureImages } from '../../src/images/ensure.ts';
import { docker, execIn, logsOf } from './engine.ts';
import { eventually } from './eventually.ts';

/** A PostgreSQL and a Redis for one test file, on their own network, without any Pulumi. */
export interface Servers {
  readonly network: string;
  readonly superuserPassword: string;
  readonly redisPassword: string;
  readonly databaseContainer: string;
  readonly redisContainer: string;
  /** Port of PostgreSQL on 127.0.0.1. */
  readonly databasePort: number;
  /** Runs statements as the superuser. */
  sql(database: string, ...statements: string[]): Promise<Record<string, unknown>[]>;
  /** A database with the schemas `shop` and `extensions`, owned by a login role; with a new name. */
  createDatabase(options?: DatabaseOptions): Promise<TestDatabase>;
  run(options: RunOptions): Promise<Run>;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Statements that the superuser runs in it. @default schemas shop and extensions, with pg_trgm */
  readonly statements?: (role: string) => readonly string[];
}

export interface TestDatabase {
  readonly name: string;
  readonly role: string;
  readonly password: string;
  /** As the backend's container sees it; with `path` as its search_path. */
  url(path?: string): string;
}

export interface RunOptions {
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files under /run/secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Path in the container -> text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Publishes this port on a free one of 127.0.0.1. */
  readonly port?: number;
}

export interface Run {
  readonly container: Container;
  /** Host port of the published one. */
  port(): Promise<number>;
  /** Waits for its end. */
  ended(): Promise<{ code: number; output: string }>;
  output(): Promise<string>;
  remove(): Promise<void>;
}

/** A password with every character that a URL must encode. */
const AWKWARD = 'p@ss/w#rd?%:1 ü';

export async function startServers(area: string): Promise<Servers> {
  const name = `mi-test-${area}-${Math.random().toString(36).slice(2, 8)}`;
  const { images } = await ensureImages({ source: 'auto', wanted: {}, log: () => undefined });
  const network = await docker.createNetwork({ Name: name });
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const superuserPassword = 'superuser-password-of-the-tests';
  const redisPassword = 'redis p@ssword/of#tests';
  const runs: Run[] = [];
  let databases = 0;

  const run = async (options: RunOptions & { alias?: string; tmpfs?: string }): Promise<Run> => {
    const binds = bindFiles(folder, {
      ...options.files,
      ...prefixed('/run/secrets/', options.secrets ?? {}),
    });
    const container = await docker.createContainer({
      Image: options.image,
      Cmd: [...options.command],
      Env: Object.entries(options.env ?? {}).map(([key, value]) => `${key}=${value}`),
      ExposedPorts: options.port ? { [`${options.port}/tcp`]: {} } : {},
      HostConfig: {
        Init: true,
        Binds: binds,
        NetworkMode: name,
        ...(options.tmpfs ? { Tmpfs: { [options.tmpfs]: '' } } : {}),
        ...(options.port
          ? { PortBindings: { [`${options.port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] } }
          : {}),
      },
      NetworkingConfig: {
        EndpointsConfig: { [name]: { Aliases: options.alias ? [options.alias] : [] } },
      },
    });
    const started = handle(container, options.port);
    runs.push(started);
    await container.start();
    return started;
  };

  const database = await run({
    image: images.postgres.ref,
    command: ['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'],
    env: { POSTGRES_PASSWORD: superuserPassword, PGDATA: '/var/lib/postgresql/data' },
    tmpfs: '/var/lib/postgresql/data',
    port: 5432,
    alias: 'database',
  });
  const redis = await run({
    image: images.redis.ref,
    command: ['redis-server', '--requirepass', redisPassword, '--save', ''],
    alias: 'redis',
  });
  const databasePort = await database.port();

  const sql: Servers['sql'] = async (databaseName, ...statements) => {
    const client = new Client({
      host: '127.0.0.1',
      port: databasePort,
      user: 'postgres',
      password: superuserPassword,
      database: databaseName,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
  await eventually(() => sql('postgres', 'select 1'));

  return {
    network: name,
    superuserPassword,
    redisPassword,
    databaseContainer: database.container.id,
    redisContainer: redis.container.id,
    databasePort,
    sql,
    run,
    async createDatabase(options = {}) {
      const databaseName = `store_${++databases}`;
      const role = `${databaseName}_a`;
      const statements = options.statements ?? shopSchema;
      await sql(
        'postgres',
        `create role ${role} login password '${AWKWARD}'`,
        `create database ${databaseName} owner ${role}`,
      );
      await sql(databaseName, ...statements(role));
      return {
        name: databaseName,
        role,
        password: AWKWARD,
        url: (path) =>
          `postgres://${role}:${encodeURIComponent(AWKWARD)}@database:5432/${databaseName}${
            path === undefined ? '' : `?options=${encodeURIComponent(`-c search_path=${path}`)}`
          }`,
      };
    },
    async stop() {
      for (const one of runs) await one.remove();
      await network.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const shopSchema = (role: string) => [
  `create schema shop authorization ${role}`,
  'create schema extensions',
  `grant usage on schema extensions to ${role}`,
  'create extension pg_trgm schema extensions',
];

/** The schema's definition as pg_dump writes it, without the names of schemas. */
export async function dumpSchema(
  servers: Servers,
  database: string,
  schema: string,
): Promise<string> {
  const text = await execIn(servers.databaseContainer, [
    ...['pg_dump', '--schema-only', '--no-owner', '--no-privileges', '--no-comments'],
    ...['-U', 'postgres', '-d', database, '-n', schema],
  ]);
  return text
    .replace(/^\\(un)?restrict .*$/gm, '')
    .replace(/^--.*$/gm, '')
    .replace(/^(CREATE SCHEMA|COMMENT ON SCHEMA) .*$/gm, '')
    .replace(new RegExp(`\\b(${schema}|extensions|public)\\.`, 'g'), '')
    .replace(/\n{2,}/g, '\n');
}

function handle(container: Container, port: number | undefined): Run {
  return {
    container,
    async port() {
      const { NetworkSettings } = await container.inspect();
      return Number(NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort);
    },
    async ended() {
      const { StatusCode } = (await container.wait()) as { StatusCode: number };
      return { code: StatusCode, output: await logsOf(container.id) };
    },
    output: () => logsOf(container.id),
    remove: () =>
      container.remove({ force: true, v: true }).catch((error: { statusCode?: number }) => {
        if (error.statusCode !== 404) throw error;
      }),
  };
}

let bound = 0;

function bindFiles(folder: string, files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).map(([path, text]) => {
    const file = join(folder, String(++bound));
    // Readable by the container's user, whoever that is.
    writeFileSync(file, text, { mode: 0o644 });
    return `${file}:${path}:ro`;
  });
}

function prefixed(prefix: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [prefix + name, text]));
}
