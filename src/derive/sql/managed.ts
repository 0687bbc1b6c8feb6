import { quoteConnectionValue, quoteIdentifier, quoteLiteral, quoteMetaArgument } from './quote.ts';
import { EXTENSIONS, extensionStatements, HEADER, lockStatement } from './shared.ts';

export interface ManagedRole {
  readonly name: string;
  /** Variable of the job's environment with what PostgreSQL stores of the password (SCRAM-SHA-256). */
  readonly verifierVariable?: string;
}

export interface ManagedScriptOptions {
  /** Name of the database and of the role that owns it and all in it. */
  readonly name: string;
  readonly schema: string;
  readonly extensionsSchema: string;
  readonly roles: readonly ManagedRole[];
  readonly lockTimeoutSeconds: number;
}

/**
 * The psql script for a server that a cloud runs: as `provisionScript`, but for a master user who is no
 * superuser (CREATEROLE and CREATEDB). It runs before each start of each task, also while the
 * previous release runs: so it only adds, and a role without its own password stays as it is. The
 * server sees verifiers, never passwords, as its log may go elsewhere.
 */
export function managedScript(options: ManagedScriptOptions): string {
  const { name, schema, extensionsSchema, roles } = options;
  const database = quoteIdentifier(name);
  const owner = quoteIdentifier(name);
  const schemas = [...new Set([schema, extensionsSchema])].map(quoteIdentifier);
  const connection = quoteMetaArgument(`dbname=${quoteConnectionValue(name)}`);
  return [
    ...HEADER,
    ...lockStatement(options.lockTimeoutSeconds),
    '',
    '-- The owner of the database and of all in it, which the master user may act as.',
    createRoleUnlessThere(name),
    `GRANT ${owner} TO CURRENT_USER;`,
    ...roles.flatMap(loginRole),
    '',
    '-- The database.',
    unlessThere(
      `CREATE DATABASE ${database} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8'`,
      `SELECT FROM pg_catalog.pg_database WHERE datname = ${quoteLiteral(name)}`,
    ),
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    ...roles.flatMap(({ name: role }) => [
      `GRANT ${owner} TO ${quoteIdentifier(role)};`,
      `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${database} SET role TO ${quoteLiteral(name)};`,
      `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${database} SET search_path TO ${schemas.join(', ')};`,
    ]),
    '',
    '-- Inside the database. Advisory locks are one database each.',
    `\\set connection ${connection}`,
    '\\connect -reuse-previous=on :"connection"',
    ...HEADER,
    ...lockStatement(options.lockTimeoutSeconds),
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)} AUTHORIZATION ${owner};`,
    `ALTER SCHEMA ${quoteIdentifier(schema)} OWNER TO ${owner};`,
    '-- Before PostgreSQL 15 it belongs to the cloud, and is open.',
    whereOwned('public', 'REVOKE ALL ON SCHEMA public FROM PUBLIC'),
    // One of Medusa's migrations names it in a DROP INDEX IF EXISTS.
    whereOwned('public', `GRANT USAGE ON SCHEMA public TO ${owner}`),
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(extensionsSchema)};`,
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(extensionsSchema)} TO ${owner};`,
    ...EXTENSIONS.flatMap((extension) => extensionStatements(extension, extensionsSchema)),
    '',
  ].join('\n');
}

/**
 * The psql script that takes login roles out of service, once nothing that serves uses them: no login,
 * no password, and their sessions end. Running it again changes nothing.
 */
export function managedRetireScript(roles: readonly string[], lockTimeoutSeconds: number): string {
  return [
    ...HEADER,
    ...lockStatement(lockTimeoutSeconds),
    ...roles.flatMap((name) => [
      ifThere(name, `ALTER ROLE ${quoteIdentifier(name)} NOLOGIN PASSWORD NULL`),
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = ${quoteLiteral(name)} \\g /dev/null`,
    ]),
    '',
  ].join('\n');
}

function loginRole({ name, verifierVariable }: ManagedRole): readonly string[] {
  const role = quoteIdentifier(name);
  const head = ['', '-- A role that logs in and acts as the owner.', createRoleUnlessThere(name)];
  if (verifierVariable === undefined) return head;
  return [
    ...head,
    `\\set verifier \`printenv ${verifierVariable}\``,
    // Terse: a longer error report would repeat the statement.
    '\\set VERBOSITY terse',
    `ALTER ROLE ${role} LOGIN PASSWORD :'verifier' NOCREATEDB NOCREATEROLE INHERIT;`,
    '\\set VERBOSITY default',
    '\\unset verifier',
  ];
}

function createRoleUnlessThere(name: string): string {
  return unlessThere(
    `CREATE ROLE ${quoteIdentifier(name)} NOLOGIN`,
    `SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(name)}`,
  );
}

function unlessThere(statement: string, query: string): string {
  return `SELECT ${quoteLiteral(statement)} WHERE NOT EXISTS (${query}) \\gexec`;
}

/** A statement about a role that may never have been made. */
function ifThere(role: string, statement: string): string {
  return `SELECT ${quoteLiteral(statement)} FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)} \\gexec`;
}

/** A statement about a schema that only its owner's members may make. */
function whereOwned(schema: string, statement: string): string {
  return `SELECT ${quoteLiteral(statement)} FROM pg_catalog.pg_namespace WHERE nspname = ${quoteLiteral(schema)} AND pg_catalog.pg_has_role(nspowner, 'USAGE') \\gexec`;
}
