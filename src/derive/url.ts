import { formatSearchPath, optionsWord, parseOptions } from './search-path.ts';
import type {
  OutputPart,
  PostgresPart,
  PostgresUrlOptions,
  Template,
  TemplatePart,
} from './template-parts.ts';

/**
 * Percent-encodes everything but RFC 3986's unreserved characters, so that every URL parser reads the
 * same text back. Half a surrogate pair becomes U+FFFD.
 */
export function encodeUriPart(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export interface PostgresAddress extends PostgresUrlOptions {
  readonly user: string;
  /** Name of the secret that holds the password. */
  readonly passwordSecret: string;
  readonly host: string | OutputPart;
  readonly port: number;
  readonly database: string;
}

/** The URL of a PostgreSQL that the stack owns, its password by reference. */
export function postgresUrl(address: PostgresAddress): Template {
  const parameters = new Map<string, string>();
  addOptions(parameters, address);
  const query = formatQuery(parameters);
  return joined([
    `postgres://${encodeUriPart(address.user)}:`,
    { secret: address.passwordSecret, encode: 'uri' },
    '@',
    address.host,
    `:${address.port}/${encodeDatabaseName(address.database)}${query}`,
  ]);
}

/**
 * A database's name in a URL's path. Node's driver decodes it with `decodeURI`, which leaves the
 * escapes of reserved characters alone: those that a path may hold have to stand there unescaped. (It cannot decode / ? # at all; the
 * stack file's rule for names allows none of them.)
 */
function encodeDatabaseName(name: string): string {
  return encodeUriPart(name).replaceAll(/%(?:3B|3A|40|26|3D|2B|24|2C)/g, decodeURIComponent);
}

export interface RedisAddress {
  /** undefined: the server's default user, who is not named. */
  readonly user?: string;
  readonly passwordSecret: string;
  readonly host: string | OutputPart;
  readonly port: number;
  readonly database: number;
  /** @default false */
  readonly tls?: boolean;
}

/** The URL of a Redis that the stack owns, its password by reference. */
export function redisUrl(address: RedisAddress): Template {
  return joined([
    `${address.tls ? 'rediss' : 'redis'}://${encodeUriPart(address.user ?? '')}:`,
    { secret: address.passwordSecret, encode: 'uri' },
    '@',
    address.host,
    `:${address.port}/${address.database}`,
  ]);
}

/** The same template with texts that follow each other in one. */
function joined(parts: Template): Template {
  const all: TemplatePart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (typeof part === 'string' && typeof last === 'string') all.splice(-1, 1, last + part);
    else all.push(part);
  }
  return all;
}

/**
 * A user's own PostgreSQL URL with search_path and TLS mode as the stack file says. Everything else
 * in it stays: user, password, other parameters and other settings in `options`.
 * `checkExternalPostgresUrl` says beforehand whether the URL fits; here it is expected to.
 */
export function withPostgresOptions(url: string, options: PostgresUrlOptions): string {
  const parsed = new URL(url);
  const parameters = new Map(parsed.searchParams);
  addOptions(parameters, options);
  parsed.search = '';
  parsed.hash = '';
  return `${parsed.href}${formatQuery(parameters)}`;
}

/** One part of a user's PostgreSQL URL, decoded; empty where the URL does not say it. */
export function postgresPart(url: string, part: PostgresPart): string {
  const parsed = new URL(url);
  switch (part) {
    case 'host':
      return decodeURIComponent(parsed.hostname).replaceAll(/^\[|\]$/g, '');
    case 'port':
      return parsed.port || '5432';
    case 'user':
      return decodeURIComponent(parsed.username);
    case 'password':
      return decodeURIComponent(parsed.password);
    case 'database':
      return decodeURIComponent(parsed.pathname.slice(1));
    case 'options':
      return parsed.searchParams.get('options') ?? '';
  }
}

/** TLS words of the stack file -> `sslmode` of the URL. */
export const SSL_MODES = {
  off: 'disable',
  require: 'require',
  'verify-full': 'verify-full',
} as const;

function addOptions(parameters: Map<string, string>, options: PostgresUrlOptions): void {
  const others = (parseOptions(parameters.get('options') ?? '') ?? [])
    .filter(([name]) => name !== 'search_path')
    .map(([name, value]) => optionsWord(name, value));
  const path = optionsWord('search_path', formatSearchPath(options.searchPath));
  parameters.set('options', [...others, path].join(' '));
  // `ssl` is the driver's older word for the same thing: one of the two only.
  parameters.delete('ssl');
  parameters.set('sslmode', SSL_MODES[options.ssl]);
  if (options.caPath !== undefined) parameters.set('sslrootcert', options.caPath);
}

function formatQuery(parameters: ReadonlyMap<string, string>): string {
  const parts = [...parameters].map(
    ([name, value]) => `${encodeUriPart(name)}=${encodeUriPart(value)}`,
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
