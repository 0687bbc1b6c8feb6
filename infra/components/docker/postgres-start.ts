/** Beside the cluster while it is being made: what lies there with this file has never served anybody. */
const MAKING = '$PGDATA.making';

/**
 * The image insists on a superuser password. It gets one that is made inside the container, is kept
 * nowhere and is known to nobody: the superuser's only way in is the Unix socket.
 *
 * A first start that was killed leaves a cluster that the image takes for a whole one, although its
 * catalog or its pg_hba.conf is half written. It is removed and made anew.
 */
const START = [
  'set -e',
  'POSTGRES_PASSWORD=$(od -An -N32 -tx1 /dev/urandom | tr -d " \\n")',
  '[ ${#POSTGRES_PASSWORD} -eq 64 ]',
  'export POSTGRES_PASSWORD',
  `if [ -e "${MAKING}" ]; then`,
  '  echo "the making of the cluster was cut off; making it anew"',
  '  rm -rf "$PGDATA"',
  'fi',
  `[ -s "$PGDATA/PG_VERSION" ] || : > "${MAKING}"`,
  'exec docker-entrypoint.sh "$@"',
].join('\n');

/** Entry point of a server's container, with `PGDATA` in its environment; the command follows. */
export const postgresEntrypoint: readonly string[] = ['/bin/sh', '-c', START, 'sh'];

/**
 * Health check over TCP: while the cluster is being made only the socket answers, and nobody has written
 * to it before the first success.
 */
export function postgresHealthCommand(port: number): string[] {
  const check = `pg_isready -q -h 127.0.0.1 -p ${port} || exit 1; [ ! -e "${MAKING}" ] || rm "${MAKING}"`;
  return ['CMD', '/bin/sh', '-c', check];
}
