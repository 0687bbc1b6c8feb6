import type { PostgresUrlOptions } from './plan.ts';
import { parseOptions, parseSearchPath } from './search-path.ts';
import { postgresPart, SSL_MODES } from './url.ts';

/** sslmode words -> what the stack file calls it; `no-verify` is Node's own and never right. */
const SSL_WORDS: Readonly<Record<string, PostgresUrlOptions['ssl']>> = {
  [SSL_MODES.off]: 'off',
  [SSL_MODES.require]: 'require',
  [SSL_MODES['verify-full']]: 'verify-full',
};

const ENCODE = 'percent-encode special characters in user, password and name (/ is %2F, # is %23)';

/**
 * What is wrong with a user's own PostgreSQL URL, in addition to what the stack file says of schema and TLS.
 * No message holds a part of the URL but the names of its parameters.
 */
export function checkExternalPostgresUrl(
  url: string,
  options: PostgresUrlOptions,
): readonly string[] {
  const parsed = parse(
    url,
    ['postgres:', 'postgresql:'],
    'postgres://user:password@host:5432/name',
  );
  if (typeof parsed === 'string') return [parsed];
  const problems = [...checkHost(parsed)];
  if (parsed.username === '') problems.push('names no user');
  if (parsed.pathname.length < 2) {
    problems.push('names no database; end it with /name, such as host:5432/medusa');
  } else if (/[/?#]/.test(postgresPart(url, 'database'))) {
    problems.push(
      `has a slash, ? or # in the name of the database, which Node's driver cannot read`,
    );
  }
  return [...problems, ...checkTls(parsed, options), ...checkParameters(parsed, options)];
}

/** What is wrong with a user's own Redis URL. No message holds a part of it. */
export function checkExternalRedisUrl(url: string): readonly string[] {
  const parsed = parse(url, ['redis:', 'rediss:'], 'redis://user:password@host:6379/0');
  if (typeof parsed === 'string') return [parsed];
  const problems = [...checkHost(parsed)];
  if (parsed.pathname !== '' && !/^\/\d{0,4}$/.test(parsed.pathname)) {
    problems.push('ends with something other than a database number, such as /0');
  }
  if (parsed.username !== '' && parsed.password === '') {
    problems.push('names a user without a password; write :password@ for one without a user');
  }
  if (parsed.search !== '') {
    problems.push(
      'has parameters after a "?", which Medusa and its modules read differently; remove them',
    );
  }
  return problems;
}

function parse(url: string, protocols: readonly string[], example: string): URL | string {
  if (!protocols.some((protocol) => url.startsWith(`${protocol}//`))) {
    return `does not begin with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}; the form is ${example}`;
  }
  let parsed: URL;
  try {
    parsed = new URL(url);
    for (const part of [parsed.username, parsed.password, parsed.pathname])
      decodeURIComponent(part);
  } catch {
    return `is not a URL such as ${example}; ${ENCODE}`;
  }
  // An unencoded # or ? ends the host early, and what was meant as the host stands behind it.
  if (parsed.hash !== '' || /@/.test(parsed.search)) {
    return `has an unencoded # or ?; ${ENCODE}`;
  }
  return parsed;
}

function checkHost(parsed: URL): readonly string[] {
  const host = parsed.hostname;
  if (host === '') return ['names no host'];
  if (/,|%2c/i.test(host))
    return ['names more than one host; give the one address of the server or its proxy'];
  if (/^(localhost|127\.[\d.]+|\[::1\])$/i.test(host)) {
    return [
      'names localhost, which in a container is the container itself; give an address that containers reach',
    ];
  }
  return [];
}

function checkTls(parsed: URL, options: PostgresUrlOptions): readonly string[] {
  const said = parsed.searchParams.getAll('sslmode');
  const driver = parsed.searchParams.get('ssl');
  const problems: string[] = [];
  if (said.length > 1) problems.push('has sslmode more than once; keep one');
  const mode = said[0];
  const wanted = options.ssl;
  if (mode === 'no-verify') {
    problems.push(
      'has sslmode=no-verify, which accepts any server; remove it and name the CA in database.ca',
    );
  } else if (mode !== undefined && SSL_WORDS[mode] !== wanted) {
    problems.push(
      `has an sslmode that contradicts database.ssl: ${wanted}; remove sslmode from the URL`,
    );
  }
  if (driver !== null && (driver === 'false' || driver === '0') !== (wanted === 'off')) {
    problems.push(
      `has an ssl parameter that contradicts database.ssl: ${wanted}; remove ssl from the URL`,
    );
  }
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const value = parsed.searchParams.get(name);
    if (value === null || value === options.caPath) continue;
    problems.push(
      name === 'sslrootcert'
        ? 'has sslrootcert, a path that the container does not have; remove it and name the file in database.ca'
        : `has ${name}, a path that the container does not have; remove it`,
    );
  }
  return problems;
}

function checkParameters(parsed: URL, options: PostgresUrlOptions): readonly string[] {
  const problems: string[] = [];
  for (const name of ['schema', 'currentSchema', 'search_path']) {
    if (parsed.searchParams.has(name)) {
      problems.push(
        `has a parameter ${name}, which PostgreSQL ignores; remove it and set database.schema`,
      );
    }
  }
  for (const name of ['host', 'port', 'user', 'password', 'dbname', 'database']) {
    if (parsed.searchParams.has(name)) {
      problems.push(`has a parameter ${name}, which not every client reads; put it before the "?"`);
    }
  }
  if (parsed.searchParams.getAll('options').length > 1) {
    problems.push('has options more than once; keep one');
  }
  const settings = parseOptions(parsed.searchParams.get('options') ?? '');
  if (!settings) {
    return [
      ...problems,
      'has options that are not made of -c name=value; write them so or remove them',
    ];
  }
  for (const [name, value] of settings) {
    if (name !== 'search_path') continue;
    const said = parseSearchPath(value)?.join('\0');
    if (said !== options.searchPath.join('\0') && said !== options.searchPath[0]) {
      problems.push(
        'has a search_path that contradicts database.schema and database.extensionsSchema; remove it from options',
      );
    }
  }
  return problems;
}
