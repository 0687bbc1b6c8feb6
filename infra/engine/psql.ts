import type Docker from 'dockerode';
import { UserError } from '../../src/errors.ts';
import { execIn } from './exec.ts';

/** No user's ~/.psqlrc, no prompt; terse, because a longer error report repeats the statement. */
const PSQL = [
  ...['psql', '--no-psqlrc', '--quiet', '--no-password'],
  ...['--set', 'ON_ERROR_STOP=1', '--set', 'VERBOSITY=terse', '--set', 'SHOW_CONTEXT=never'],
  ...['--host', '/var/run/postgresql', '--username', 'postgres', '--dbname', 'postgres'],
  ...['--file', '-'],
];

/**
 * Runs a psql script as the superuser inside a server's container, over its Unix socket.
 * @throws UserError with psql's own message
 */
export async function runSql(container: Docker.Container, script: string): Promise<void> {
  const { exitCode, stderr } = await execIn(container, PSQL, { user: 'postgres', stdin: script });
  if (exitCode !== 0) {
    const said = stderr.trim() || `psql ended with exit code ${exitCode}`;
    throw new UserError(`PostgreSQL refused a statement of its superuser: ${said}`);
  }
}
