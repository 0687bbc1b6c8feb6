import { DATABASE_CA_PATH } from '../container/paths.ts';
import type { PostgresSection } from '../stack/stack-file.ts';
import { searchPathOf } from './search-path.ts';
import { planExternalSql, type SqlPreparePlan } from './sql/plan.ts';
import type { PostgresUrlOptions, Template } from './template-parts.ts';

export interface ExternalPostgresPlan {
  readonly kind: 'external-postgres';
  /** Name of the secret that holds the URL. */
  readonly secret: string;
  /** What the kit adds to the URL; `checkExternalPostgresUrl` compares the URL with it. */
  readonly options: PostgresUrlOptions;
}

/** What the rest of a plan needs to know of the database. */
export interface DatabaseDerivation<Server> {
  readonly plan: Server;
  /** Absent with sqlite. */
  readonly url?: Template;
  readonly sqliteFile?: string;
  readonly sql?: SqlPreparePlan;
  /** PEM file that clients trust, in the container. */
  readonly caPath?: string;
  /** Files that every client of the database needs: path in the container -> path on this machine. */
  readonly files: Readonly<Record<string, string>>;
}

/** A server that somebody else runs: URL and SQL. */
export function planExternalPostgres(
  database: PostgresSection,
  secret: string,
): DatabaseDerivation<ExternalPostgresPlan> {
  const { options, files } = urlOptions(database);
  return {
    plan: { kind: 'external-postgres', secret, options },
    url: [{ secret, transform: { kind: 'postgres-url', options } }],
    sql: planExternalSql({ ...database, secret, options, files }),
    caPath: options.caPath,
    files,
  };
}

/** What the URL says besides the address, and the files that it names. */
export function urlOptions(database: PostgresSection) {
  const { schema, extensionsSchema, ca, ssl } = database;
  const files: Readonly<Record<string, string>> = ca ? { [DATABASE_CA_PATH]: ca } : {};
  const options: PostgresUrlOptions = {
    searchPath: searchPathOf(schema, extensionsSchema),
    ssl,
    ...(ca ? { caPath: DATABASE_CA_PATH } : {}),
  };
  return { options, files };
}
