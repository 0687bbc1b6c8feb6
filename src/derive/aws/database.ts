import { neededConnections } from '../../connections.ts';
import { PREPARE_SQL_PATH, RDS_CA_PATH } from '../../container/paths.ts';
import type { AwsSection, PostgresSection } from '../../stack/stack-file.ts';
import {
  type DatabaseDerivation,
  type ExternalPostgresPlan,
  planExternalPostgres,
} from '../external-database.ts';
import { SQL_LOCK_SECONDS, SQL_SECONDS } from '../limits.ts';
import { type LoginRole, loginRoles, rolesInUse } from '../login-roles.ts';
import { searchPathOf } from '../search-path.ts';
import { type PlannedSecret, versionsOf } from '../secrets.ts';
import { managedRetireScript, managedScript } from '../sql/managed.ts';
import type { SqlPreparePlan } from '../sql/plan.ts';
import type { Template } from '../template-parts.ts';
import { postgresUrl } from '../url.ts';
import { awsName } from './names.ts';

export type AwsDatabasePlan = RdsPlan | AuroraPlan;

interface ManagedDatabaseBase {
  /** Prefix of the identifier: that of the instance, or of the cluster and its instances. */
  readonly identifier: string;
  /** Major, or major and minor, such as `17`; the newest minor is taken by itself in the former case. */
  readonly engineVersion: string;
  readonly parameterFamily: string;
  /** Of the parameter group (the cluster's on Aurora); `reboot` where a change waits for a restart. */
  readonly parameters: readonly {
    readonly name: string;
    readonly value: string;
    readonly reboot: boolean;
  }[];
  /** RDS makes its password, keeps it in Secrets Manager and rotates it: nobody else knows it. */
  readonly masterUser: string;
  readonly port: number;
  readonly instanceClass: string;
  readonly backupDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly backupWindow: string;
  /** UTC, `ddd:hh:mm-ddd:hh:mm`. */
  readonly maintenanceWindow: string;
  readonly deletionProtection: boolean;
  /** Whether destroy leaves a snapshot behind. */
  readonly finalSnapshot: boolean;
  readonly performanceInsights: boolean;
  /** Days of Performance Insights; 7 are free. */
  readonly performanceInsightsDays: number;
  /** Such as `rds-ca-rsa2048-g1`. */
  readonly caCertificate: string;
  /** Log types that go to CloudWatch. */
  readonly logExports: readonly string[];
  /** Changes that restart the server happen at once (true) or in the maintenance window. */
  readonly applyImmediately: boolean;
  readonly autoMinorVersionUpgrade: boolean;
  /** Whether Pulumi may replace it, and with it its data. */
  readonly allowReplacement: boolean;
}

export interface RdsPlan extends ManagedDatabaseBase {
  readonly kind: 'rds';
  readonly storageGib: number;
  /** Up to which the storage grows by itself; undefined: it does not. */
  readonly maxStorageGib?: number;
  readonly storageType: 'gp3';
  readonly multiAz: boolean;
}

export interface AuroraPlan extends ManagedDatabaseBase {
  readonly kind: 'aurora';
  /** Serverless v2 capacity units (about 2 GiB each), in halves. */
  readonly capacity: { readonly min: number; readonly max: number };
  /** The writer, and readers that it fails over to. */
  readonly instances: number;
}

/** A PostgreSQL server that the cloud runs for the stack; `plan.aws.database` says which. */
export interface ManagedPostgresPlan {
  readonly kind: 'managed-postgres';
  readonly port: number;
}

const POSTGRES_PORT = 5432;
const GIB = 1024 ** 3;
/** Where the file names no version. */
const DEFAULT_VERSION = 17;

/** psql under a time limit: a container that others wait for must end. */
export function psqlCommand(scriptPath: string): readonly string[] {
  return [
    'timeout',
    String(SQL_SECONDS),
    'psql',
    '--no-psqlrc',
    '--quiet',
    '--no-password',
    '--set',
    'ON_ERROR_STOP=1',
    '--file',
    scriptPath,
  ];
}

/** libpq's variables for the master user of the server; the password comes from RDS's own secret. */
export function masterEnvironment(database: AwsDatabasePlan): Readonly<Record<string, Template>> {
  return {
    PGCONNECT_TIMEOUT: ['15'],
    PGDATABASE: ['postgres'],
    PGHOST: [{ output: 'databaseHost' }],
    PGPORT: [String(database.port)],
    PGSSLMODE: ['verify-full'],
    PGSSLROOTCERT: [RDS_CA_PATH],
    PGUSER: [database.masterUser],
  };
}

/**
 * The database part of a plan: URL and SQL; the server itself is `planDatabase`'s.
 * @param replicas as many as there may be
 */
export function planAwsDatabase(
  database: PostgresSection,
  secrets: readonly PlannedSecret[],
  replicas: number,
): DatabaseDerivation<ManagedPostgresPlan | ExternalPostgresPlan> {
  return database.external
    ? planExternalPostgres(database, database.external.url.secret)
    : planManagedDatabase(database, secrets, replicas);
}

function planManagedDatabase(
  database: PostgresSection,
  secrets: readonly PlannedSecret[],
  replicas: number,
): DatabaseDerivation<ManagedPostgresPlan> {
  const roles = loginRoles(database.name, versionsOf(secrets, 'database'));
  return {
    plan: { kind: 'managed-postgres', port: POSTGRES_PORT },
    url: postgresUrl({
      user: roles[0].name,
      passwordSecret: 'database',
      host: { output: 'databaseHost' },
      port: POSTGRES_PORT,
      database: database.name,
      searchPath: searchPathOf(database.schema, database.extensionsSchema),
      ssl: 'verify-full',
      caPath: RDS_CA_PATH,
    }),
    sql: planSql(database, roles, replicas),
    caPath: RDS_CA_PATH,
    files: {},
  };
}

function planSql(
  database: PostgresSection,
  roles: readonly LoginRole[],
  replicas: number,
): SqlPreparePlan {
  const secretFiles: Record<string, Template> = {};
  const managed = roles.map(({ name, version }) => {
    if (version === undefined) return { name };
    const verifierVariable = `DATABASE_VERIFIER_V${version}`;
    secretFiles[verifierVariable] = [{ secret: 'database', version, encode: 'scram' }];
    return { name, verifierVariable };
  });
  return {
    script: managedScript({
      ...database,
      roles: managed,
      limits: {
        timeouts: database.limits,
        connections: roleConnections(replicas, database),
      },
      lockTimeoutSeconds: SQL_LOCK_SECONDS,
    }),
    secretFiles,
    files: {},
    command: psqlCommand(PREPARE_SQL_PATH),
    scriptPath: PREPARE_SQL_PATH,
    timeoutSeconds: SQL_SECONDS,
  };
}

/** Steps of the sessions that a role may have: a changed script is a changed image, and that a release. */
const CONNECTION_STEP = 100;

function roleConnections(replicas: number, { pool }: PostgresSection): number {
  return Math.ceil(neededConnections(replicas, pool.max) / CONNECTION_STEP) * CONNECTION_STEP;
}

/** The script that retires the login roles that no living version uses. @param replicas as many as there may be */
export function retireScript(
  database: PostgresSection,
  secrets: readonly PlannedSecret[],
  replicas: number,
): string {
  const roles = rolesInUse(loginRoles(database.name, versionsOf(secrets, 'database')));
  const connections = roleConnections(replicas, database);
  return managedRetireScript(roles, connections, SQL_LOCK_SECONDS);
}

/** Beginning of the names that RDS gives to the log groups of an instance or a cluster. */
export function logGroupPrefix(
  { kind }: Pick<AwsDatabasePlan, 'kind'>,
  identifier: string,
): string {
  return `/aws/rds/${kind === 'aurora' ? 'cluster' : 'instance'}/${identifier}`;
}

/** The server that AWS runs. */
export function planDatabase(
  name: string,
  database: PostgresSection,
  aws: AwsSection,
  production: boolean,
): AwsDatabasePlan {
  const section = aws.database;
  const major = String(database.version ?? DEFAULT_VERSION);
  const aurora = section.kind === 'aurora';
  const common = {
    identifier: awsName(name, '-database', 50),
    engineVersion: major,
    parameterFamily: `${aurora ? 'aurora-postgresql' : 'postgres'}${major}`,
    parameters: [{ name: 'rds.force_ssl', value: '1', reboot: false }],
    masterUser: database.name === 'medusa_infra' ? 'medusa_infra_master' : 'medusa_infra',
    port: POSTGRES_PORT,
    backupDays: section.backupDays,
    backupWindow: section.backupWindow,
    maintenanceWindow: section.maintenanceWindow,
    deletionProtection: section.deletionProtection,
    finalSnapshot: section.finalSnapshot,
    performanceInsights: section.performanceInsights,
    performanceInsightsDays: 7,
    caCertificate: 'rds-ca-rsa2048-g1',
    logExports: aurora ? ['postgresql'] : ['postgresql', 'upgrade'],
    applyImmediately: !production,
    autoMinorVersionUpgrade: true,
    allowReplacement: section.replaceable,
  };
  if (aurora) {
    return {
      ...common,
      kind: 'aurora',
      instanceClass: 'db.serverless',
      capacity: section.capacity,
      instances: section.instances,
    } satisfies AuroraPlan;
  }
  const storageGib = Math.max(20, Math.ceil(database.storage / GIB));
  const most = Math.floor(section.storageMax / GIB);
  return {
    ...common,
    kind: 'rds',
    instanceClass: section.instance,
    storageGib,
    ...(most > storageGib ? { maxStorageGib: most } : {}),
    storageType: 'gp3',
    multiAz: section.multiAz,
  } satisfies RdsPlan;
}
