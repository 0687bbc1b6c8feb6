import { posix } from 'node:path';
import type { PostgresSection, SqliteSection, StackFile } from '../stack/stack-file.ts';
import {
  LIMITS,
  maxConnections,
  postgresPids,
  postgresSettings,
  STOP_GRACE_SECONDS,
} from './docker/sizes.ts';
import { loginRoles } from './login-roles.ts';
import { HOSTS, objectNames } from './names.ts';
import type { Plan, PlannedSecret, PostgresUrlOptions, SqlPreparePlan, Template } from './plan.ts';
import { searchPathOf } from './search-path.ts';
import { type LoginRole, planExternalSql, planProvisionSql, planRetireSql } from './sql/plan.ts';
import { postgresUrl } from './url.ts';

export const CA_PATH = '/etc/medusa-infra/database-ca.pem';
const SQLITE_FOLDER = '/var/lib/medusa';
const POSTGRES_PORT = 5432;

export interface DatabaseDerivation {
  readonly plan: Plan['database'];
  /** Absent with sqlite. */
  readonly url?: Template;
  readonly sqliteFile?: string;
  readonly sql?: SqlPreparePlan;
  /** PEM file that clients trust, in the container. */
  readonly caPath?: string;
  /** Files that every client of the database needs: path in the container -> path on this machine. */
  readonly files: Readonly<Record<string, string>>;
}

/** The database part of a plan: server, URL and SQL. */
export function deriveDatabase(
  stack: StackFile,
  prefix: string,
  secrets: readonly PlannedSecret[],
): DatabaseDerivation {
  const { database } = stack;
  if (database.type === 'sqlite') return sqlite(database, prefix);
  return database.external
    ? external(database, database.external.url.secret)
    : provisioned(stack, database, prefix, secrets);
}

function sqlite(database: SqliteSection, prefix: string): DatabaseDerivation {
  const volume = objectNames(prefix).sqliteVolume;
  return {
    plan: {
      kind: 'sqlite',
      folder: SQLITE_FOLDER,
      volume: { name: volume, keep: database.onDestroy === 'keep' },
    },
    sqliteFile: posix.join(SQLITE_FOLDER, posix.basename(database.file)),
    files: {},
  };
}

function external(database: PostgresSection, secret: string): DatabaseDerivation {
  const { options, files } = urlOptions(database);
  return {
    plan: { kind: 'external-postgres', secret, options },
    url: [{ secret, transform: { kind: 'postgres-url', options } }],
    sql: planExternalSql({ ...database, secret, options, files }),
    caPath: options.caPath,
    files,
  };
}

function provisioned(
  stack: StackFile,
  database: PostgresSection,
  prefix: string,
  secrets: readonly PlannedSecret[],
): DatabaseDerivation {
  const names = objectNames(prefix);
  const { options, files } = urlOptions(database);
  const connections = maxConnections(stack.backend.replicas, database.pool.max);
  const { cpuMillis, memoryBytes, shmBytes } = LIMITS.postgres;
  const roles = loginRoles(database.name, versionsOf(secrets, 'database'));
  const expose = stack.backend.expose.database;
  return {
    plan: {
      kind: 'postgres',
      containerName: names.postgresContainer,
      host: HOSTS.database,
      port: POSTGRES_PORT,
      volume: { name: names.postgresVolume, keep: database.onDestroy === 'keep' },
      socketVolume: { name: names.postgresSocketVolume },
      cpuMillis,
      memoryBytes,
      shmBytes,
      pidsLimit: postgresPids(connections),
      settings: postgresSettings(memoryBytes, connections),
      ...(expose === undefined ? {} : { exposePort: expose }),
      stopGraceSeconds: STOP_GRACE_SECONDS.postgres,
      retireSql: planRetireSql(roles),
    },
    url: postgresUrl({
      user: (roles[0] as LoginRole).name,
      passwordSecret: 'database',
      host: HOSTS.database,
      port: POSTGRES_PORT,
      database: database.name,
      ...options,
    }),
    sql: planProvisionSql({ ...database, roles }),
    caPath: options.caPath,
    files,
  };
}

function urlOptions(database: PostgresSection) {
  const { schema, extensionsSchema, ca, ssl } = database;
  const files: Readonly<Record<string, string>> = ca ? { [CA_PATH]: ca } : {};
  const options: PostgresUrlOptions = {
    searchPath: searchPathOf(schema, extensionsSchema),
    ssl,
    ...(ca ? { caPath: CA_PATH } : {}),
  };
  return { options, files };
}

/** Living versions of a generated secret, newest first. */
export function versionsOf(secrets: readonly PlannedSecret[], name: string): readonly number[] {
  const secret = secrets.find((candidate) => candidate.name === name);
  return secret?.from === 'generated' ? secret.versions : [1];
}
