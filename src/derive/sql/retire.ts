import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { doBlock, endSessions, HEADER, lockStatement } from './shared.ts';

/**
 * A psql script that takes the login away from these roles and ends their sessions; for the
 * superuser, once no running release uses them. A role that is not there is passed over, and
 * running it again changes nothing.
 */
export function retireScript(roles: readonly string[], lockTimeoutSeconds: number): string {
  const statements = roles.length === 0 ? [] : lockStatement(lockTimeoutSeconds);
  return [...HEADER, ...statements, ...roles.flatMap(retire), ''].join('\n');
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
