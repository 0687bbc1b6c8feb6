import { neededConnections } from '../../connections.ts';
import type { DockerStack, PostgresSection } from '../../stack/stack-file.ts';
import { type DatabaseDerivation, urlOptions } from '../external-database.ts';
import { STOP_GRACE_SECONDS } from '../limits.ts';
import { loginRoles } from '../login-roles.ts';
import { HOSTS, objectNames } from '../names.ts';
import { type PlannedSecret, versionsOf } from '../secrets.ts';
import { planProvisionSql, planRetireSql } from '../sql/plan.ts';
import { postgresUrl } from '../url.ts';
import { LIMITS, maxConnections, postgresPids, postgresSettings } from './sizes.ts';

const POSTGRES_PORT = 5432;

/** A PostgreSQL server that the stack owns. */
export interface PostgresPlan {
  readonly kind: 'postgres';
  readonly containerName: string;
  /** Name inside the private network. */
  readonly host: string;
  readonly port: number;
  readonly volume: { readonly name: string; readonly keep: boolean };
  /** Unix socket shared with the prepare job: the superuser has no way in over the network. */
  readonly socketVolume: { readonly name: string };
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
  /** Size of /dev/shm: Docker's 64 MiB is too small for parallel queries. */
  readonly shmBytes: number;
  /** Settings passed as `-c name=value`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1, development only. */
  readonly exposePort?: number;
  readonly stopGraceSeconds: number;
  /**
   * Takes the login away from roles that no living version of the password uses, and gives the others their
   * number of sessions; for the superuser, after the release is serving. Idempotent.
   */
  readonly retireSql: string;
}

/** A server of the stack's own: container, URL and SQL. */
export function planPostgres(
  stack: DockerStack,
  database: PostgresSection,
  prefix: string,
  secrets: readonly PlannedSecret[],
): DatabaseDerivation<PostgresPlan> {
  const names = objectNames(prefix);
  const { options, files } = urlOptions(database);
  const { replicas } = stack.backend;
  const connections = maxConnections(replicas, database.pool.max);
  const ofRole = neededConnections(replicas, database.pool.max);
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
      retireSql: planRetireSql(roles, ofRole),
    },
    url: postgresUrl({
      user: roles[0].name,
      passwordSecret: 'database',
      host: HOSTS.database,
      port: POSTGRES_PORT,
      database: database.name,
      ...options,
    }),
    sql: planProvisionSql({ ...database, roles, connections: ofRole }),
    caPath: options.caPath,
    files,
  };
}
