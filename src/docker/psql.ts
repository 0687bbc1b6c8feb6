import type Docker from 'dockerode';
import { MIGRATIONS_TABLE, type SchemaState, tablesQuery } from '../container/prepared-state.ts';
import {
  quoteConnectionValue,
  quoteIdentifier,
  quoteLiteral,
  quoteMetaArgument,
} from '../derive/sql/quote.ts';
import { UserError } from '../errors.ts';
import { execIn } from './exec.ts';

/** No ~/.psqlrc and no prompt; terse, because a longer error report repeats the statement. */
const PSQL = [
  ...['psql', '--no-psqlrc', '--quiet', '--no-password'],
  ...['--set', 'ON_ERROR_STOP=1', '--set', 'VERBOSITY=terse', '--set', 'SHOW_CONTEXT=never'],
  ...['--host', '/var/run/postgresql', '--username', 'postgres', '--dbname', 'postgres'],
  ...['--file', '-'],
];

/**
 * Runs a psql script as the superuser in a server's container, over its Unix socket.
 * @returns what it printed
 * @throws UserError with psql's own message
 */
export async function runSql(container: Docker.Container, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await execIn(container, PSQL, {
    user: 'postgres',
    stdin: script,
  });
  if (exitCode !== 0) {
    const said = stderr.trim() || `psql ended with exit code ${exitCode}`;
    throw new UserError(
      `PostgreSQL rejected a statement of its superuser: ${said}`,
      'server-rejected-statement',
    );
  }
  return stdout;
}

/** What a schema contains now; undefined: the database or the schema does not exist. */
export async function readSchema(
  container: Docker.Container,
  { database, schema }: { readonly database: string; readonly schema: string },
): Promise<SchemaState | undefined> {
  const name = quoteLiteral(schema);
  const connection = quoteMetaArgument(`dbname=${quoteConnectionValue(database)}`);
  const answer = await runSql(
    container,
    `\\pset tuples_only on
\\pset format unaligned
select exists (select from pg_catalog.pg_database where datname = ${quoteLiteral(database)}) as found \\gset
\\if :found
\\set connection ${connection}
\\connect -reuse-previous=on :"connection"
set lock_timeout = '30s';
select exists (select from pg_catalog.pg_namespace where nspname = ${name}) as found \\gset
\\endif
\\if :found
${tablesQuery(name)} \\gset
\\echo :tables
\\if :listed
select count(*) from ${quoteIdentifier(schema)}.${MIGRATIONS_TABLE};
\\endif
\\endif
`,
  );
  const [tables, migrations] = answer.trim().split(/\s+/);
  if (!tables) return undefined;
  return {
    tables: Number(tables),
    migrations: migrations === undefined ? undefined : Number(migrations),
  };
}
