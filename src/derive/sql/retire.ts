import type { RolesInUse } from '../login-roles.ts';
import { setConnectionLimit } from './limits.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { doBlock, endSessions, HEADER, lockStatement } from './shared.ts';

/**
 * A psql script, once no replica of a previous release runs: it takes the login away from the roles of no living
 * version, ends their sessions, and gives the others their number of sessions. A role that is not there is passed
 * over, and running it again changes nothing.
 * @param retireRole how that is done. @default as the superuser
 */
export function retireScript(
  { unused, living }: RolesInUse,
  connections: number,
  lockTimeoutSeconds: number,
  retireRole: (name: string) => readonly string[] = retire,
): string {
  return [
    ...HEADER,
    ...lockStatement(lockTimeoutSeconds),
    ...living.map((name) => setConnectionLimit(name, connections)),
    ...unused.flatMap(retireRole),
    '',
  ].join('\n');
}

/** Two transactions: when sessions are ended, nobody can open another one any more. */
function retire(name: string): readonly string[] {
  return [
    doBlock(`BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(name)}) THEN
    ALTER ROLE ${quoteIdentifier(name)} NOLOGIN PASSWORD NULL;
  END IF;
END`),
    doBlock(`BEGIN\n  ${endSessions(name)}\nEND`),
  ];
}
