import { SESSION_END_MILLISECONDS } from '../limits.ts';
import { dollarQuote, quoteIdentifier, quoteLiteral } from './quote.ts';

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

/** A PL/pgSQL statement that ends all sessions of a role that logged in, whatever role they act as. */
export function endSessions(role: string): string {
  return `PERFORM pg_catalog.pg_terminate_backend(pid, ${SESSION_END_MILLISECONDS})
      FROM pg_catalog.pg_stat_activity WHERE usename = ${quoteLiteral(role)};`;
}

export function doBlock(body: string): string {
  return `DO ${dollarQuote(`\n${body}\n`)};`;
}
