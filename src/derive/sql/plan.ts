import { SECRETS_FOLDER } from '../../container/environment.ts';
import { PREPARE_SQL_PATH } from '../../container/paths.ts';
import type { PostgresSection } from '../../stack/stack-file.ts';
import { SQL_LOCK_SECONDS, SQL_SECONDS } from '../limits.ts';
import { type LoginRole, rolesInUse } from '../login-roles.ts';
import { wrapCommand } from '../secret-exec.ts';
import type { PostgresPart, PostgresUrlOptions, Template } from '../template-parts.ts';
import { SSL_MODES } from '../url.ts';
import { externalScript } from './external.ts';
import { provisionScript } from './provision.ts';
import { retireScript } from './retire.ts';

/** The psql job in the PostgreSQL image. */
export interface SqlPreparePlan {
  /** Idempotent; reads passwords and the URL from files under /run/secrets, so it holds no secret. */
  readonly script: string;
  /** Files under /run/secrets of the job, by name. */
  readonly secretFiles: Readonly<Record<string, Template>>;
  /** Other files of the job: path in it -> absolute path on this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** `/bin/sh -c` text that runs psql on the script at `scriptPath`. */
  readonly command: readonly string[];
  readonly scriptPath: string;
  readonly timeoutSeconds: number;
}

type Names = Pick<PostgresSection, 'name' | 'schema' | 'extensionsSchema' | 'limits'>;

/** Quiet, so that the job's log ends with what went wrong; no password prompt; no user's ~/.psqlrc. */
const PSQL = `psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --file ${PREPARE_SQL_PATH}`;

/** SQL for a server of the stack's own, run as its superuser over the shared unix socket. */
export function planProvisionSql(
  options: Names & {
    readonly roles: readonly LoginRole[];
    /** Sessions that each of them may have. */
    readonly connections: number;
  },
): SqlPreparePlan {
  const secretFiles: Record<string, Template> = {};
  const roles = options.roles.map(({ name, version }) => {
    if (version === undefined) return { name };
    const file = `DATABASE_PASSWORD_V${version}`;
    secretFiles[file] = [{ secret: 'database', version }];
    return { name, password: { version, file: `${SECRETS_FOLDER}/${file}` } };
  });
  return {
    script: provisionScript({
      ...options,
      roles,
      limits: { timeouts: options.limits, connections: options.connections },
      lockTimeoutSeconds: SQL_LOCK_SECONDS,
    }),
    secretFiles,
    files: {},
    command: [
      '/bin/sh',
      '-c',
      `exec ${PSQL} --host /var/run/postgresql --username postgres --dbname postgres`,
    ],
    scriptPath: PREPARE_SQL_PATH,
    timeoutSeconds: SQL_SECONDS,
  };
}

/** SQL that takes the login away from the roles of no living version; after the release is serving. */
export function planRetireSql(roles: readonly LoginRole[], connections: number): string {
  return retireScript(rolesInUse(roles), connections, SQL_LOCK_SECONDS);
}

/** libpq's variables and the parts of the URL that go into them. */
const LIBPQ_PARTS = {
  PGHOST: 'host',
  PGPORT: 'port',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGDATABASE: 'database',
} as const satisfies Record<string, PostgresPart>;

/**
 * SQL for a user's own server, run as the user of the given URL. The URL reaches psql as variables:
 * an argument could be read by every process of the machine.
 */
export function planExternalSql(
  options: Pick<PostgresSection, 'schema' | 'extensionsSchema' | 'limits'> & {
    readonly secret: string;
    readonly options: PostgresUrlOptions;
    readonly files: Readonly<Record<string, string>>;
  },
): SqlPreparePlan {
  const { secret, options: url } = options;
  const secretFiles: Record<string, Template> = {};
  for (const [name, part] of Object.entries(LIBPQ_PARTS)) {
    secretFiles[name] = [{ secret, transform: { kind: 'postgres-part', part } }];
  }
  return {
    script: externalScript({ ...options, lockTimeoutSeconds: SQL_LOCK_SECONDS }),
    secretFiles,
    files: options.files,
    command: wrapCommand(['/bin/sh', '-c', `${tlsSettings(url)}exec ${PSQL}`], true),
    scriptPath: PREPARE_SQL_PATH,
    timeoutSeconds: SQL_SECONDS,
  };
}

/** Where the image has the system's CAs; libpq by itself looks only into the user's home. */
const SYSTEM_CA = '/etc/ssl/certs/ca-certificates.crt';

/**
 * libpq's TLS settings. By itself it does not look at the certificate with `require`; Node's driver
 * does, so it does here too.
 */
function tlsSettings({ ssl, caPath }: PostgresUrlOptions): string {
  const mode = ssl === 'require' ? 'verify-ca' : SSL_MODES[ssl];
  const common = `export PGCONNECT_TIMEOUT=15 PGSSLMODE=${mode}; `;
  if (ssl === 'off') return common;
  if (caPath !== undefined) return `${common}export PGSSLROOTCERT=${caPath}; `;
  return `${common}export PGSSLROOTCERT=${SYSTEM_CA}; if [ ! -r "$PGSSLROOTCERT" ]; then echo "database.ca: the PostgreSQL image has no list of CAs; name the server's CA in database.ca" >&2; exit 1; fi; `;
}
