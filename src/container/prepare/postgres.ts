import { hostname } from 'node:os';
import { Client } from 'pg';
import { PrepareFailure } from './failure.ts';
import { codeOf, isCertificateError, isUnreachable, waitFor } from './wait.ts';

const ATTEMPT_MS = 5000;

export interface ConnectOptions {
  readonly url: string | undefined;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Called when the connection breaks later on. */
  readonly onLost: (error: Error) => void;
}

/** Connects with the backend's own URL, waiting for the server as long as it may still come up. */
export async function connectPostgres(options: ConnectOptions): Promise<Client> {
  if (!options.url) throw new PrepareFailure('neither DATABASE_URL nor a file of that name is set');
  const place = placeOf(options.url);
  try {
    const client = await waitFor(() => connectOnce(options), {
      seconds: options.waitSeconds,
      signal: options.signal,
      isTransient: (error) =>
        isUnreachable(error) ||
        // Starting up; too many connections; no answer in time.
        ['57P03', '53300'].includes(codeOf(error)) ||
        /timeout expired|terminated unexpectedly/.test(String(error)),
      onWait: (error) => options.log(`waiting for PostgreSQL at ${place} (${reasonOf(error)})`),
    });
    options.log(`PostgreSQL at ${place} accepts the backend's login`);
    return client;
  } catch (error) {
    if (options.signal.aborted) throw error;
    throw new PrepareFailure(`PostgreSQL at ${place}: ${explain(error, options)}`);
  }
}

async function connectOnce({ url, onLost }: ConnectOptions): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: `medusa-infra prepare on ${hostname()}`,
    connectionTimeoutMillis: ATTEMPT_MS,
    keepAlive: true,
  });
  // Without a listener a broken connection would end the process.
  let connected = false;
  client.on('error', (error) => connected && onLost(error));
  try {
    await client.connect();
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
  connected = true;
  // A prepare whose machine vanished must not hold its lock for the two hours of TCP's own default.
  await client.query(
    'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
  );
  return client;
}

function placeOf(text: string): string {
  try {
    const url = new URL(text);
    const host = url.hostname || url.searchParams.get('host') || 'localhost';
    return `${host}:${url.port || 5432}${url.pathname}`;
  } catch {
    throw new PrepareFailure(
      'DATABASE_URL is not a URL such as postgres://user:password@host:5432/medusa (percent-encode special characters)',
    );
  }
}

function userOf(text: string | undefined): string {
  return decodeURIComponent(new URL(text ?? '').username) || '(none)';
}

function reasonOf(error: unknown): string {
  return codeOf(error) || (error instanceof Error ? error.message : String(error));
}

function explain(error: unknown, { url, waitSeconds }: ConnectOptions): string {
  const user = userOf(url);
  const message = error instanceof Error ? error.message : String(error);
  if (isCertificateError(error)) {
    return `its certificate is not trusted (${codeOf(error)}); set the CA in database.ca, and connect by the name in the certificate`;
  }
  if (isUnreachable(error) || /timeout expired|terminated unexpectedly/.test(message)) {
    return `not reachable within ${waitSeconds} s (${reasonOf(error)}); is it running, and is the address right?`;
  }
  if (/does not support SSL/.test(message)) {
    return 'it offers no TLS; set database.ssl: off, or turn TLS on there';
  }
  switch (codeOf(error)) {
    case '28P01':
      return `wrong password for user ${user}; the server expects another one than DATABASE_URL has`;
    case '28000':
      return `user ${user} may not log in (${message}); does the role exist, may it log in, and does pg_hba.conf let it in?`;
    case '3D000':
      return 'there is no such database; create it, or fix its name in DATABASE_URL';
    case '42501':
      return `user ${user} may not connect to this database; grant it CONNECT`;
    case '53300':
      return `no connection was free within ${waitSeconds} s; raise max_connections or use fewer replicas`;
    case '57P03':
      return `still starting after ${waitSeconds} s; see its log, then run up again`;
    default:
      return message || reasonOf(error);
  }
}
