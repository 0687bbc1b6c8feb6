import { SESSION_END_MILLISECONDS } from '../limits.ts';
import {
  dollarQuote,
  quoteConnectionValue,
  quoteIdentifier,
  quoteLiteral,
  quoteMetaArgument,
} from './quote.ts';

/** Extensions that Medusa's migrations expect. */
export const EXTENSIONS = ['pg_trgm'] as const;

/** Any number, the same for every run: one at a time prepares a database. */
export const LOCK_KEY = 6_304_917_253_112;

export const HEADER = ['\\set ON_ERROR_STOP on', 'SET client_min_messages TO warning;'] as const;

/** Passwords are in some statements: the server must not log them, not even when they fail. */
export const QUIET_LOG = [
  "SET log_statement TO 'none';",
  "SET log_min_error_statement TO 'panic';",
  'SET log_min_duration_statement TO -1;',
  'SET log_duration TO off;',
] as const;

/** Waits for the run that holds the lock; it goes with the session. */
export function lockStatement(timeoutSeconds: number): readonly string[] {
  return [
    `SET lock_timeout TO '${timeoutSeconds}s';`,
    doBlock(`BEGIN
  PERFORM pg_catalog.pg_advisory_lock(${LOCK_KEY});
EXCEPTION WHEN lock_not_available THEN
  RAISE EXCEPTION 'another run has been preparing this database for more than ${timeoutSeconds} s; wait until it has ended and run again';
END`),
  ];
}

/** Creates an extension in its schema; one that is elsewhere is not moved but reported. */
export function extensionStatements(extension: string, schema: string): readonly string[] {
  return [
    doBlock(extensionElsewhere(extension, schema)),
    `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)} WITH SCHEMA ${quoteIdentifier(schema)};`,
  ];
}

/** PL/pgSQL that raises when the extension is in a schema other than the one given. */
export function extensionElsewhere(extension: string, schema: string): string {
  return `DECLARE
  found_in text;
BEGIN
  SELECT n.nspname INTO found_in FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = ${quoteLiteral(extension)};
  IF found_in <> ${quoteLiteral(schema)} THEN
    RAISE EXCEPTION USING MESSAGE = pg_catalog.format(
      'database.extensionsSchema: the extension %s is already in schema %s, but the stack file says %s; set database.extensionsSchema to %s, or move it: ALTER EXTENSION %I SET SCHEMA %I',
      ${quoteLiteral(extension)}, found_in, ${quoteLiteral(schema)}, found_in, ${quoteLiteral(extension)}, ${quoteLiteral(schema)});
  END IF;
END`;
}

/** Runs a statement unless a catalog has that name: there is no CREATE ROLE or DATABASE IF NOT EXISTS. */
function unlessThere(statement: string, catalog: string, column: string, name: string): string {
  const there = `SELECT FROM pg_catalog.${catalog} WHERE ${column} = ${quoteLiteral(name)}`;
  return `SELECT ${quoteLiteral(statement)} WHERE NOT EXISTS (${there}) \\gexec`;
}

/** @param connections sessions that a new one may have. @default as many as the server has */
export function createRoleUnlessThere(name: string, connections?: number): string {
  const limit = connections === undefined ? '' : ` CONNECTION LIMIT ${connections}`;
  const statement = `CREATE ROLE ${quoteIdentifier(name)} NOLOGIN${limit}`;
  return unlessThere(statement, 'pg_roles', 'rolname', name);
}

/** Its owner has its name. */
export function createDatabaseUnlessThere(name: string): string {
  const database = quoteIdentifier(name);
  return unlessThere(
    `CREATE DATABASE ${database} OWNER ${database} TEMPLATE template0 ENCODING 'UTF8'`,
    'pg_database',
    'datname',
    name,
  );
}

/** A login role acts as the owner, who has the database's name, and finds the schemas. */
export function actAsOwner(
  role: string,
  { name, schema, extensionsSchema }: DatabaseNames,
): readonly string[] {
  const database = quoteIdentifier(name);
  const schemas = [...new Set([schema, extensionsSchema])].map(quoteIdentifier);
  const settings = `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${database} SET`;
  return [
    `GRANT ${database} TO ${quoteIdentifier(role)};`,
    `${settings} role TO ${quoteLiteral(name)};`,
    `${settings} search_path TO ${schemas.join(', ')};`,
  ];
}

/** What a script makes on the stack's server. */
export interface DatabaseNames {
  /** Name of the database and of the role that owns it and all in it. */
  readonly name: string;
  readonly schema: string;
  readonly extensionsSchema: string;
}

/** Connects to the database. Advisory locks are one database each, so it waits for that one too. */
export function insideDatabase(name: string, lockTimeoutSeconds: number): readonly string[] {
  return [
    '-- Inside the database. Advisory locks are one database each.',
    // By way of a variable in identifier quotes: \\connect takes double quotes out of its argument.
    `\\set connection ${quoteMetaArgument(`dbname=${quoteConnectionValue(name)}`)}`,
    '\\connect -reuse-previous=on :"connection"',
    ...HEADER,
    ...lockStatement(lockTimeoutSeconds),
  ];
}

/** The schema of Medusa's tables, which the owner owns. */
export function schemaStatements({ name, schema }: DatabaseNames): readonly string[] {
  const owner = quoteIdentifier(name);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)} AUTHORIZATION ${owner};`,
    `ALTER SCHEMA ${quoteIdentifier(schema)} OWNER TO ${owner};`,
  ];
}

/** The schema of the extensions, which the owner may use, and the extensions. */
export function extensionsSchemaStatements({
  name,
  extensionsSchema,
}: DatabaseNames): readonly string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(extensionsSchema)};`,
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(extensionsSchema)} TO ${quoteIdentifier(name)};`,
    ...EXTENSIONS.flatMap((extension) => extensionStatements(extension, extensionsSchema)),
  ];
}

/** A PL/pgSQL statement that ends all sessions of a role that logged in, whatever role they act as. */
export function endSessions(role: string): string {
  return `PERFORM pg_catalog.pg_terminate_backend(pid, ${SESSION_END_MILLISECONDS})
      FROM pg_catalog.pg_stat_activity WHERE usename = ${quoteLiteral(role)};`;
}

export function doBlock(body: string): string {
  return `DO ${dollarQuote(`\n${body}\n`)};`;
}
