import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABELS } from '../../../src/derive/labels.ts';
import { ensureImages } from '../../../src/images/ensure.ts';
import { docker, execIn } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { makeCertificates } from '../external-services.ts';

export interface DataServersOptions {
  readonly project: string;
  /** For certificates. */
  readonly folder: string;
  readonly databaseHost: string;
  /** The master user, who is no superuser on RDS. */
  readonly master: { readonly user: string; readonly password: string };
  readonly redisHost: string;
  readonly redisPassword: string;
}

/** What stands where RDS and ElastiCache would: both by TLS alone, under the names that AWS gave them. */
export interface DataServers {
  readonly network: string;
  /** Certificate authority of both; moto's names have none in AWS's own. */
  readonly caFile: string;
  /** Rows as the superuser, fields parted by `|`. */
  sql(query: string, database?: string): Promise<string[]>;
}

const START_POSTGRES = `
  set -e
  mkdir /tmp/tls && printf '%s' "$TLS_KEY" > /tmp/tls/key && printf '%s' "$TLS_CERT" > /tmp/tls/cert
  chmod 600 /tmp/tls/key
  printf 'local all all trust\\nhostssl all all all scram-sha-256\\n' > /tmp/tls/hba.conf
  exec docker-entrypoint.sh postgres -c fsync=off -c ssl=on -c ssl_cert_file=/tmp/tls/cert \
    -c ssl_key_file=/tmp/tls/key -c hba_file=/tmp/tls/hba.conf`;
const START_REDIS = `
  set -e
  mkdir /tmp/tls && printf '%s' "$TLS_KEY" > /tmp/tls/key && printf '%s' "$TLS_CERT" > /tmp/tls/cert
  exec redis-server --port 0 --tls-port 6379 --tls-cert-file /tmp/tls/cert --tls-key-file /tmp/tls/key \
    --tls-ca-cert-file /tmp/tls/cert --tls-auth-clients no --requirepass "$REDIS_PASSWORD" --save ''`;

/** Starts both on their own network; the project's cleanup removes them. */
export async function startDataServers(options: DataServersOptions): Promise<DataServers> {
  const { project, databaseHost, redisHost, master } = options;
  const { images } = await ensureImages({ source: 'auto', wanted: {}, log: () => undefined });
  const tls = await makeCertificates(join(options.folder, 'tls'), databaseHost, redisHost);
  const Labels = { [LABELS.project]: project };
  const network = `${project}-data`;
  await docker.createNetwork({ Name: network, Labels });
  const start = async (
    alias: string,
    image: string,
    script: string,
    env: string[],
    user: string,
  ) => {
    const container = await docker.createContainer({
      Image: image,
      User: user,
      Entrypoint: ['/bin/sh', '-c', script],
      Cmd: [],
      Env: [
        ...env,
        `TLS_KEY=${readFileSync(join(tls, 'server.key'), 'utf8')}`,
        `TLS_CERT=${readFileSync(join(tls, 'server.crt'), 'utf8')}`,
      ],
      Labels,
      HostConfig: { NetworkMode: network },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [alias] } } },
    });
    await container.start();
    return container.id;
  };
  const database = await start(
    databaseHost,
    images.postgres.ref,
    START_POSTGRES,
    ['POSTGRES_PASSWORD=superuser-of-the-test', 'PGDATA=/var/lib/postgresql/data/pgdata'],
    'postgres',
  );
  const redis = await start(
    redisHost,
    images.redis.ref,
    START_REDIS,
    [`REDIS_PASSWORD=${options.redisPassword}`],
    'redis',
  );
  const sql: DataServers['sql'] = async (query, inDatabase = 'postgres') => {
    const psql = ['psql', '-X', '-U', 'postgres', '-d', inDatabase, '-v', 'ON_ERROR_STOP=1'];
    const output = await execIn(database, [...psql, '-Atqc', query]);
    return output.trim().split('\n').filter(Boolean);
  };
  // Over TCP: the server that sets the database up listens on its socket alone.
  await eventually(() => execIn(database, ['pg_isready', '-q', '-h', databaseHost]));
  await eventually(() =>
    execIn(redis, [
      'sh',
      '-c',
      'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli --tls --insecure -e ping',
    ]),
  );
  // As RDS makes its master user.
  await sql('CREATE ROLE rds_superuser CREATEDB CREATEROLE');
  await sql(
    `CREATE ROLE ${master.user} LOGIN CREATEDB CREATEROLE PASSWORD '${master.password.replaceAll("'", "''")}' IN ROLE rds_superuser`,
  );
  return { network, caFile: join(tls, 'ca.crt'), sql };
}
