import { quoteConnectionValue, quoteIdentifier, quoteLiteral, quoteMetaArgument } from './quote.ts';
import {
  doBlock,
  EXTENSIONS,
  endSessions,
  extensionStatements,
  HEADER,
  lockStatement,
  QUIET_LOG,
} from './shared.ts';

export interface ProvisionOptions {
  /** Name of the database and of the role that owns it and all in it. */
  readonly name: string;
  readonly schema: string;
  readonly extensionsSchema: string;
  /** Roles that log in. One without a password is made if it is not there, and otherwise left alone. */
  readonly roles: readonly ProvisionedRole[];
  readonly lockTimeoutSeconds: number;
}

export interface ProvisionedRole {
  readonly name: string;
  readonly password?: {
    /** Version of the secret, noted on the role. */
    readonly version: number;
    readonly file: string;
  };
}

/**
 * A psql script that makes the stack's server what the stack file says: an owner that
 * cannot log in, login roles that act as it, database, schema, extensions, rights. Run by the
 * superuser; running it again changes nothing. It sets passwords each time, so they are right on a
 * volume that existed before. It takes no login away: a release may still be serving with it
 * (`retireScript` does, afterwards).
 */
export function provisionScript(options: ProvisionOptions): string {
  const { name, schema, extensionsSchema, roles } = options;
  const database = quoteIdentifier(name);
  const owner = quoteIdentifier(name);
  const schemas = [...new Set([schema, extensionsSchema])].map(quoteIdentifier);
  const connection = quoteMetaArgument(`dbname=${quoteConnectionValue(name)}`);
  return [
    ...HEADER,
    ...QUIET_LOG,
    ...lockStatement(options.lockTimeoutSeconds),
    '',
    '-- The superuser comes in over the unix socket alone.',
    'ALTER ROLE CURRENT_USER PASSWORD NULL;',
    '',
    '-- The owner of the database and of all in it.',
    createRoleUnlessThere(name),
    `ALTER ROLE ${owner} NOLOGIN ${PLAIN_ROLE};`,
    ...roles.flatMap(loginRole),
    '',
    '-- The database.',
    unlessThere(
      `CREATE DATABASE ${database} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8'`,
      'pg_database',
      'datname',
      name,
    ),
    `ALTER DATABASE ${database} OWNER TO ${owner};`,
    `REVOKE ALL ON DATABASE ${database}, postgres, template1 FROM PUBLIC;`,
    ...roles.flatMap((role) => [
      `GRANT ${owner} TO ${quoteIdentifier(role.name)};`,
      `ALTER ROLE ${quoteIdentifier(role.name)} IN DATABASE ${database} SET role TO ${quoteLiteral(name)};`,
      `ALTER ROLE ${quoteIdentifier(role.name)} IN DATABASE ${database} SET search_path TO ${schemas.join(', ')};`,
    ]),
    '',
    '-- Inside the database. Advisory locks are one database each.',
    // By way of a variable in identifier quotes: \connect takes double quotes out of its argument.
    `\\set connection ${connection}`,
    '\\connect -reuse-previous=on :"connection"',
    ...HEADER,
    ...lockStatement(options.lockTimeoutSeconds),
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)} AUTHORIZATION ${owner};`,
    `ALTER SCHEMA ${quoteIdentifier(schema)} OWNER TO ${owner};`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    // One of Medusa's migrations names it in a DROP INDEX IF EXISTS.
    `GRANT USAGE ON SCHEMA public TO ${owner};`,
    `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(extensionsSchema)};`,
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(extensionsSchema)} TO ${owner};`,
    ...EXTENSIONS.flatMap((extension) => extensionStatements(extension, extensionsSchema)),
    '',
  ].join('\n');
}

const PLAIN_ROLE = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT';

function loginRole({ name, password }: ProvisionedRole): readonly string[] {
  const role = quoteIdentifier(name);
  const head = ['', `-- A role that logs in and acts as the owner.`, createRoleUnlessThere(name)];
  if (password === undefined) return [...head, `ALTER ROLE ${role} ${PLAIN_ROLE};`];
  return [
    ...head,
    `\\set password \`cat ${password.file}\``,
    // Terse: a longer error report would repeat the statement, and with it the password.
    '\\set VERBOSITY terse',
    `ALTER ROLE ${role} LOGIN PASSWORD :'password' ${PLAIN_ROLE};`,
    '\\set VERBOSITY default',
    '\\unset password',
    doBlock(endSessionsOfOtherVersion(name, password.version)),
    `COMMENT ON ROLE ${role} IS ${quoteLiteral(versionComment(password.version))};`,
  ];
}

const COMMENT_PREFIX = 'medusa-infra: password version ';

function versionComment(version: number): string {
  return `${COMMENT_PREFIX}${version}`;
}

/**
 * A role that had another version's password: sessions that it opened would outlive that password.
 * The running release's role is never among them; preflight refuses a version that takes its role.
 */
function endSessionsOfOtherVersion(name: string, version: number): string {
  return `DECLARE
  noted text := (SELECT pg_catalog.shobj_description(oid, 'pg_authid')
    FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(name)});
BEGIN
  IF noted LIKE '${COMMENT_PREFIX}%' AND noted <> '${versionComment(version)}' THEN
    ${endSessions(name)}
  END IF;
END`;
}

function createRoleUnlessThere(name: string): string {
  return unlessThere(`CREATE ROLE ${quoteIdentifier(name)} NOLOGIN`, 'pg_roles', 'rolname', name);
}

/** Runs a statement unless a catalog has that name: there is no CREATE ROLE or DATABASE IF NOT EXISTS. */
function unlessThere(statement: string, catalog: string, column: string, name: string): string {
  const there = `SELECT FROM pg_catalog.${catalog} WHERE ${column} = ${quoteLiteral(name)}`;
  return `SELECT ${quoteLiteral(statement)} WHERE NOT EXISTS (${there}) \\gexec`;
}
