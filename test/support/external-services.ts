import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { LABELS } from '../../src/derive/labels.ts';
import { docker, execIn } from './engine.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';

/** For a server's first answer. */
const LIMIT = { seconds: 20 };

/** A PostgreSQL or Redis that no stack owns, as a user has one already. */
export interface ExternalService {
  readonly url: string;
  readonly id: string;
}

/**
 * Address of this machine that containers of every network reach, as the engine's bridge has it: the
 * services run on the host's network, because bridges are closed against each other.
 */
export async function hostAddress(): Promise<string> {
  const bridge = (await docker.getNetwork('bridge').inspect()) as {
    IPAM: { Config: { Gateway?: string; Subnet: string }[] };
  };
  const [config] = bridge.IPAM.Config;
  if (!config) throw new Error('the engine has no default bridge');
  // Some engines name no gateway; it then is the first address.
  return config.Gateway ?? config.Subnet.replace(/\d+\/\d+$/, '1');
}

/** A new certificate authority and a server certificate for addresses or names; returns the folder. */
export async function makeCertificates(
  folder: string,
  ...names: readonly string[]
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const subjects = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`);
  writeFileSync(join(folder, 'subject.txt'), `subjectAltName=${subjects.join(',')}\n`);
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: folder });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=A CA of the test',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  await openssl(
    'req',
    ...key,
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=database',
  );
  await openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'server.crt',
    '-days',
    '2',
    '-extfile',
    'subject.txt',
  );
  return folder;
}

/** PostgreSQL that accepts TLS only, with the database `store` owned by a role that is no superuser. */
export async function startPostgres(
  project: string,
  image: string,
  certificates: string,
): Promise<ExternalService> {
  const address = await hostAddress();
  const port = await freePort();
  // Characters that break a URL that was put together carelessly.
  const password = `p@ss/w:rd?#%${randomBytes(12).toString('hex')}`;
  const script = `
    set -e
    mkdir -p /tmp/tls && printf '%s' "$TLS_KEY" > /tmp/tls/server.key && printf '%s' "$TLS_CERT" > /tmp/tls/server.crt
    chmod 600 /tmp/tls/server.key
    printf 'local all all trust\\nhostssl all all all scram-sha-256\\n' > /tmp/tls/hba.conf
    exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file=/tmp/tls/server.crt -c ssl_key_file=/tmp/tls/server.key \
      -c hba_file=/tmp/tls/hba.conf -c listen_addresses=${address} -c port=${port} -c unix_socket_directories=/tmp`;
  const id = await startOnHost(project, 'external-postgres', {
    Image: image,
    User: 'postgres',
    Entrypoint: ['/bin/sh', '-c', script],
    Cmd: [],
    Env: [
      `POSTGRES_PASSWORD=${randomBytes(12).toString('hex')}`,
      `PGPORT=${port}`,
      'PGHOST=/tmp',
      'PGDATA=/var/lib/postgresql/data/pgdata',
      `TLS_KEY=${readFileSync(join(certificates, 'server.key'), 'utf8')}`,
      `TLS_CERT=${readFileSync(join(certificates, 'server.crt'), 'utf8')}`,
    ],
  });
  await eventually(
    () => execIn(id, ['pg_isready', '-q', '-h', address, '-p', String(port)]),
    LIMIT,
  );
  const quoted = password.replaceAll("'", "''");
  for (const statement of [
    `CREATE ROLE keeper LOGIN PASSWORD '${quoted}'`,
    'CREATE DATABASE store OWNER keeper',
  ]) {
    await execIn(id, ['psql', '-X', '-q', '-U', 'postgres', '-c', statement]);
  }
  return { id, url: `postgres://keeper:${encodeURIComponent(password)}@${address}:${port}/store` };
}

/** Redis with a password. */
export async function startRedis(project: string, image: string): Promise<ExternalService> {
  const address = await hostAddress();
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const id = await startOnHost(project, 'external-redis', {
    Image: image,
    Cmd: ['redis-server', '--bind', address, '--port', String(port), '--requirepass', password],
  });
  await eventually(
    () =>
      execIn(id, [
        'redis-cli',
        '-h',
        address,
        '-p',
        String(port),
        '-a',
        password,
        '--no-auth-warning',
        '-e',
        'ping',
      ]),
    LIMIT,
  );
  return { id, url: `redis://:${password}@${address}:${port}/3` };
}

async function startOnHost(project: string, component: string, options: object): Promise<string> {
  const container = await docker.createContainer({
    ...options,
    // The project's label: its cleanup removes these too.
    Labels: { [LABELS.project]: project, [LABELS.component]: component },
    HostConfig: { NetworkMode: 'host', Memory: 512 * 1024 * 1024 },
  });
  await container.start();
  return container.id;
}
