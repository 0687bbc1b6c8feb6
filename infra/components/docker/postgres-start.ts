import { startScript } from '../../../src/start-script.ts';

/** Marks a cluster that is not complete; the start script creates it. */
const MAKING = '$PGDATA.making';

/** Entry point of the server's container, with `PGDATA` in its environment; the command follows. */
export const postgresEntrypoint: readonly string[] = [
  '/bin/sh',
  '-c',
  startScript('postgres'),
  'sh',
];

/**
 * Health check over TCP: while the cluster is being created only the socket answers. Nothing is written to
 * it before the first success, which removes the mark.
 */
export function postgresHealthCommand(port: number): string[] {
  const check = `pg_isready -q -h 127.0.0.1 -p ${port} || exit 1; [ ! -e "${MAKING}" ] || rm "${MAKING}"`;
  return ['CMD', '/bin/sh', '-c', check];
}
