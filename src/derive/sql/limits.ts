import { SESSION_TIMEOUTS } from '../../container/session-timeouts.ts';
import type { DatabaseLimits } from '../../stack/stack-file.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { doBlock } from './shared.ts';

/** What a login role may take from the server. */
export interface RoleLimits {
  readonly timeouts: DatabaseLimits;
  /** Sessions that it may have at once. */
  readonly connections: number;
}

/** A limit in the form that PostgreSQL writes it; 0: none. */
const inPostgres = (limit: DatabaseLimits[keyof DatabaseLimits]) => (limit ? `${limit}s` : '0');

function settingsOf(timeouts: DatabaseLimits): (readonly [setting: string, value: string])[] {
  return Object.entries(SESSION_TIMEOUTS).map(([key, setting]) => [
    setting,
    inPostgres(timeouts[key as keyof DatabaseLimits]),
  ]);
}

/** The time limits of a role's sessions in a database, from their next one on. */
export function timeoutStatements(role: string, database: string, timeouts: DatabaseLimits) {
  const settings = `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${quoteIdentifier(database)} SET`;
  return settingsOf(timeouts).map(
    ([setting, value]) => `${settings} ${setting} TO ${quoteLiteral(value)};`,
  );
}

/**
 * The same for the user who runs it, in the database that the user is connected to: on somebody else's
 * server. What its administrator has limited for that user or that database stays; so does a user who may not
 * change settings, with a warning.
 */
export function ownTimeouts(timeouts: DatabaseLimits): string {
  const values = settingsOf(timeouts).map(
    ([setting, value]) => `(${quoteLiteral(setting)}, ${quoteLiteral(value)})`,
  );
  return doBlock(`DECLARE
  own oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user);
  here oid := (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database());
  setting text;
  value text;
BEGIN
  FOR setting, value IN VALUES ${values.join(', ')} LOOP
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
        WHERE (s.setrole, s.setdatabase) IN ((own, 0), (0, here))
          AND pg_catalog.starts_with(c, setting || '='));
    EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I SET %I TO %L',
      session_user, pg_catalog.current_database(), setting, value);
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'database.limits: the user % may not limit its own sessions (%); they have the limits of the server',
    session_user, SQLERRM;
END`);
}

/**
 * Raises the number of sessions that a role may have, before a release. It is lowered after it
 * (`setConnectionLimit`): replicas of the previous one may be more, and still open sessions. A role without
 * a limit, which an earlier version made, keeps none until then.
 */
export function raiseConnectionLimit(role: string, connections: number): string {
  return alterWhere(role, connections, `BETWEEN 0 AND ${connections - 1}`);
}

/** Sets the number of sessions that a role may have; those that are open stay. */
export function setConnectionLimit(role: string, connections: number): string {
  return alterWhere(role, connections, `<> ${connections}`);
}

/** A statement about a role that may never have been made. */
function alterWhere(role: string, connections: number, limit: string): string {
  const statement = `ALTER ROLE ${quoteIdentifier(role)} CONNECTION LIMIT ${connections}`;
  return `SELECT ${quoteLiteral(statement)} FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)} AND rolconnlimit ${limit} \\gexec`;
}
