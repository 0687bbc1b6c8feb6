import { posix } from 'node:path';
import type { DockerStack, SqliteSection } from '../../stack/stack-file.ts';
import {
  type DatabaseDerivation,
  type ExternalPostgresPlan,
  planExternalPostgres,
} from '../external-database.ts';
import { objectNames } from '../names.ts';
import type { PlannedSecret } from '../secrets.ts';
import { type PostgresPlan, planPostgres } from './postgres.ts';

const SQLITE_FOLDER = '/var/lib/medusa';

export interface SqlitePlan {
  readonly kind: 'sqlite';
  /** Absolute folder in the backend's container that holds the file, kept in a volume. */
  readonly folder: string;
  readonly volume: { readonly name: string; readonly keep: boolean };
}

export type DockerDatabasePlan = PostgresPlan | ExternalPostgresPlan | SqlitePlan;

/** The database part of a plan: server, URL and SQL. */
export function planDockerDatabase(
  stack: DockerStack,
  prefix: string,
  secrets: readonly PlannedSecret[],
): DatabaseDerivation<DockerDatabasePlan> {
  const { database } = stack;
  if (database.type === 'sqlite') return planSqlite(database, prefix);
  return database.external
    ? planExternalPostgres(database, database.external.url.secret)
    : planPostgres(stack, database, prefix, secrets);
}

function planSqlite(database: SqliteSection, prefix: string): DatabaseDerivation<SqlitePlan> {
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
