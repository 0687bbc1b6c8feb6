import { accessStatements } from './access.ts';
import { type RoleLimits, raiseConnectionLimit, timeoutStatements } from './limits.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import {
  actAsOwner,
  createDatabaseUnlessThere,
  createRoleUnlessThere,
  type DatabaseNames,
  doBlock,
  endSessions,
  extensionsSchemaStatements,
  HEADER,
  insideDatabase,
  lockStatement,
  QUIET_LOG,
  schemaStatements,
} from './shared.ts';

export interface ProvisionOptions extends DatabaseNames {
  /** Roles that log in. One without a password is made if it is not there, and otherwise left alone. */
  readonly roles: readonly ProvisionedRole[];
  /** Of each login role. */
  readonly limits: RoleLimits;
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
  const { name, roles, limits } = options;
  const database = quoteIdentifier(name);
  const owner = quoteIdentifier(name);
  return [
    ...HEADER,
    ...QUIET_LOG,
    ...lockStatement(options.lockTimeoutSeconds),
    '',
    '-- The superuser comes in over the unix socket alone.',
    'ALTER ROLE CURRENT_USER PASSWORD NULL;',
    ...accessStatements(),
    '',
    '-- The owner of the database and of all in it.',
    createRoleUnlessThere(name),
    `ALTER ROLE ${owner} NOLOGIN ${PLAIN_ROLE};`,
    ...roles.flatMap((role) => loginRole(role, limits.connections)),
    '',
    '-- The database.',
    createDatabaseUnlessThere(name),
    `ALTER DATABASE ${database} OWNER TO ${owner};`,
    `REVOKE ALL ON DATABASE ${database}, postgres, template1 FROM PUBLIC;`,
    ...roles.flatMap((role) => [
      ...actAsOwner(role.name, options),
      ...timeoutStatements(role.name, name, limits.timeouts),
    ]),
    '',
    ...insideDatabase(name, options.lockTimeoutSeconds),
    ...schemaStatements(options),
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    // One of Medusa's migrations names it in a DROP INDEX IF EXISTS.
    `GRANT USAGE ON SCHEMA public TO ${owner};`,
    ...extensionsSchemaStatements(options),
    '',
  ].join('\n');
}

const PLAIN_ROLE = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT';

function loginRole({ name, password }: ProvisionedRole, connections: number): readonly string[] {
  const role = quoteIdentifier(name);
  const head = [
    '',
    '-- A role that logs in and acts as the owner.',
    createRoleUnlessThere(name, connections),
    raiseConnectionLimit(name, connections),
  ];
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
