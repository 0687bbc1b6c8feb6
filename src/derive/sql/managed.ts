import type { RolesInUse } from '../login-roles.ts';
import { type RoleLimits, raiseConnectionLimit, timeoutStatements } from './limits.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { retireScript } from './retire.ts';
import {
  actAsOwner,
  createDatabaseUnlessThere,
  createRoleUnlessThere,
  type DatabaseNames,
  extensionsSchemaStatements,
  HEADER,
  insideDatabase,
  lockStatement,
  schemaStatements,
} from './shared.ts';

export interface ManagedRole {
  readonly name: string;
  /** Variable of the job's environment with what PostgreSQL stores of the password (SCRAM-SHA-256). */
  readonly verifierVariable?: string;
}

export interface ManagedScriptOptions extends DatabaseNames {
  readonly roles: readonly ManagedRole[];
  /** Of each login role. */
  readonly limits: RoleLimits;
  readonly lockTimeoutSeconds: number;
}

/**
 * The psql script for a server that a cloud runs: as `provisionScript`, but for a master user who is no
 * superuser (CREATEROLE and CREATEDB). It runs before each start of each task, also while the
 * previous release runs: so it only adds, and a role without its own password stays as it is. The
 * server sees verifiers, never passwords, as its log may go elsewhere.
 */
export function managedScript(options: ManagedScriptOptions): string {
  const { name, roles, limits } = options;
  const database = quoteIdentifier(name);
  const owner = quoteIdentifier(name);
  return [
    ...HEADER,
    ...lockStatement(options.lockTimeoutSeconds),
    '',
    '-- The owner of the database and of all in it, which the master user may act as.',
    createRoleUnlessThere(name),
    `GRANT ${owner} TO CURRENT_USER;`,
    ...roles.flatMap((role) => loginRole(role, limits.connections)),
    '',
    '-- The database.',
    createDatabaseUnlessThere(name),
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
    ...roles.flatMap((role) => [
      ...actAsOwner(role.name, options),
      ...timeoutStatements(role.name, name, limits.timeouts),
    ]),
    '',
    ...insideDatabase(name, options.lockTimeoutSeconds),
    ...schemaStatements(options),
    '-- Before PostgreSQL 15 it belongs to the cloud, and is open.',
    whereOwned('public', 'REVOKE ALL ON SCHEMA public FROM PUBLIC'),
    // One of Medusa's migrations names it in a DROP INDEX IF EXISTS.
    whereOwned('public', `GRANT USAGE ON SCHEMA public TO ${owner}`),
    ...extensionsSchemaStatements(options),
    '',
  ].join('\n');
}

/** {@link retireScript} for a user who is no superuser. */
export function managedRetireScript(
  roles: RolesInUse,
  connections: number,
  lockTimeoutSeconds: number,
): string {
  return retireScript(roles, connections, lockTimeoutSeconds, (name) => [
    ifThere(name, `ALTER ROLE ${quoteIdentifier(name)} NOLOGIN PASSWORD NULL`),
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = ${quoteLiteral(name)} \\g /dev/null`,
  ]);
}

function loginRole(
  { name, verifierVariable }: ManagedRole,
  connections: number,
): readonly string[] {
  const role = quoteIdentifier(name);
  const head = [
    '',
    '-- A role that logs in and acts as the owner.',
    createRoleUnlessThere(name, connections),
    raiseConnectionLimit(name, connections),
  ];
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

/** A statement about a role that may never have been made. */
function ifThere(role: string, statement: string): string {
  return `SELECT ${quoteLiteral(statement)} FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)} \\gexec`;
}

/** A statement about a schema that only its owner's members may make. */
function whereOwned(schema: string, statement: string): string {
  return `SELECT ${quoteLiteral(statement)} FROM pg_catalog.pg_namespace WHERE nspname = ${quoteLiteral(schema)} AND pg_catalog.pg_has_role(nspowner, 'USAGE') \\gexec`;
}
