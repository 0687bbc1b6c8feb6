import { startScript } from '../../../src/start-script.ts';

/** Next to a cluster that is being made: the start script creates it. */
const MAKING = '$PGDATA.making';

/** Entry point of a server's container, with `PGDATA` in its environment; the command follows. */
export const postgresEntrypoint: readonly string[] = [
  '/bin/sh',
  '-c',
  startScript('postgres'),
  'sh',
];

/**
 * Health check over TCP: while the cluster is being made only the socket answers, and nobody has written
 * to it before the first success.
 */
export function postgresHealthCommand(port: number): string[] {
  const check = `pg_isready -q -h 127.0.0.1 -p ${port} || exit 1; [ ! -e "${MAKING}" ] || rm "${MAKING}"`;
  return ['CMD', '/bin/sh', '-c', check];
}
