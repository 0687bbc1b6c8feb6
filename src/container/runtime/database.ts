import { accessSync, constants } from 'node:fs';
import { withOption, withParameters } from '../database-url.ts';
import { Wrong } from './field.ts';

/** Schema that the kit keeps extensions in; one that does not exist is ignored in a search_path. */
const EXTENSIONS_SCHEMA = 'extensions';
const SEARCH_PATH = /(?:^|\s)(?:-c\s*|--)search_path=((?:\\.|[^\s\\])*)/gs;
const TLS_PARAMETERS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

export interface DatabaseUrl {
  readonly url: string;
  /** First schema of the search_path that the URL sets. */
  readonly schema?: string;
  /** Whether the URL's parameters decide on TLS: they override any `ssl` object. */
  readonly tls: boolean;
}

/**
 * A PostgreSQL URL in the form that all of Medusa's clients read alike: parameters percent-encoded
 * (MikroORM takes what follows an unencoded slash as the database's name; psql refuses `=`).
 */
export function parseDatabaseUrl(value: string): DatabaseUrl | Wrong {
  let url: URL;
  try {
    url = new URL(value);
    decodeURIComponent(url.username);
    decodeURIComponent(url.password);
    decodeURIComponent(url.pathname);
  } catch {
    return new Wrong(
      'not a URL such as postgres://user:password@host:5432/medusa (percent-encode special characters)',
    );
  }
  const wrong: string[] = [];
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    wrong.push('does not begin with postgres://');
  }
  const parameters = [...url.searchParams];
  const parameter = (name: string) => parameters.filter(([key]) => key === name).at(-1)?.[1];
  if (!url.hostname && !parameter('host')) wrong.push('names no host');
  if (url.pathname.length < 2) wrong.push('names no database');
  if (url.pathname.lastIndexOf('/') > 0) wrong.push('has a slash after the database name');
  if (url.hash) wrong.push('has an unencoded "#"; write it as %23');
  if (parameter('schema') !== undefined) {
    wrong.push('has a parameter "schema", which PostgreSQL ignores; set DATABASE_SCHEMA instead');
  }
  const rootCertificate = parameter('sslrootcert');
  if (rootCertificate && !isReadable(rootCertificate)) {
    wrong.push('names an sslrootcert that cannot be read');
  }
  if (wrong.length > 0) return new Wrong(...wrong);
  const schema = firstSchema(parameter('options') ?? '');
  return {
    url: withParameters(value, parameters),
    ...(schema === undefined ? {} : { schema }),
    tls: parameters.some(([key]) => TLS_PARAMETERS.includes(key)),
  };
}

/** The URL with a search_path that begins with `schema`, in addition to the options that it has. */
export function withSearchPath(value: string, schema: string): string {
  const path = escapeOption(`${quoteIdentifier(schema)},${EXTENSIONS_SCHEMA}`);
  return withOption(value, `-c search_path=${path}`);
}

/** The schema's name if PostgreSQL takes it as one for tables. */
export function parseSchemaName(value: string): string | Wrong {
  if (Buffer.byteLength(value) > 63) return new Wrong('longer than the 63 bytes of a schema name');
  if (value.startsWith('pg_') || value === 'information_schema') {
    return new Wrong('a name that PostgreSQL keeps for itself');
  }
  if (/\p{Cc}/u.test(value) || value !== value.trim()) {
    return new Wrong('not a schema name: it has spaces around it or control characters');
  }
  return value;
}

/** Whether this process can read the file. */
export function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function firstSchema(options: string): string | undefined {
  const setting = [...options.matchAll(SEARCH_PATH)].at(-1)?.[1];
  if (setting === undefined) return undefined;
  const path = setting.replace(/\\(.)/gs, '$1').trim();
  const quoted = /^"((?:[^"]|"")*)"/.exec(path);
  const name = quoted ? quoted[1]?.replaceAll('""', '"') : path.split(',')[0]?.trim().toLowerCase();
  return name === '' || name === '$user' ? undefined : name;
}

function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** In `options`, PostgreSQL splits at spaces unless a backslash stands before them. */
function escapeOption(text: string): string {
  return text.replace(/[\\\s]/g, '\\$&');
}
