import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Client as PostgresClient } from 'pg';
import { ADMINISTRATOR_EXIT, type AdministratorRequest } from './request.ts';
import { SEALED_REQUEST, SEALED_WITH, unseal } from './sealed.ts';

/**
 * Creates an administrator of the store in whose container this runs, or sets the password of one, with the store's own
 * login and its own PostgreSQL client: bundled, that would be too long for an argument. Prints nothing but why it failed,
 * and no value: on AWS the output is kept in a log.
 */
const CONNECT_MILLISECONDS = 10_000;

const CREATE = (table: string) => `
  INSERT INTO ${table} (id, email, role, password_hash, first_name, last_name)
  SELECT $1::text, $2::text, 'admin', $3::text, $4::text, $5::text
  WHERE NOT EXISTS (SELECT FROM ${table} WHERE email = $2 AND deleted_at IS NULL)`;
const RESET = (table: string) => `
  UPDATE ${table} SET password_hash = $2, updated_at = now() WHERE email = $1 AND deleted_at IS NULL`;

/** PostgreSQL's code for a duplicate: another run was faster. */
const UNIQUE_VIOLATION = '23505';

/** undefined: sealed with another secret than this task has. */
function readRequest(): AdministratorRequest | undefined {
  const { [SEALED_REQUEST]: sealed, [SEALED_WITH]: secret = '' } = process.env;
  return sealed === undefined ? JSON.parse(readFileSync(0, 'utf8')) : unseal(sealed, secret);
}

function databaseUrl({ urlFile }: AdministratorRequest): string {
  return urlFile === undefined
    ? (process.env['DATABASE_URL'] ?? '')
    : readFileSync(urlFile, 'utf8').trim();
}

const NOT_FOUND = new Set<string | undefined>([
  'MODULE_NOT_FOUND',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
]);

/** The project's own, else Medusa's, else that of TypeORM: not every package manager puts all into one folder. */
function postgresClient(): typeof PostgresClient {
  const project = createRequire(join(process.cwd(), 'package.json'));
  const places = [
    () => project,
    () => createRequire(project.resolve('@medusajs/medusa/package.json')),
    () => createRequire(project.resolve('typeorm')),
  ];
  for (const place of places) {
    try {
      return (place()('pg') as { Client: typeof PostgresClient }).Client;
    } catch (error) {
      if (!NOT_FOUND.has((error as NodeJS.ErrnoException).code)) throw error;
    }
  }
  throw new Error(`no package pg in ${process.cwd()}, the working folder of the image`);
}

async function run(request: AdministratorRequest): Promise<number> {
  const Client = postgresClient();
  const client = new Client({
    connectionString: databaseUrl(request),
    application_name: 'medusa-infra admin create',
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
  });
  // Without a listener a broken connection ends the process before the query reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const table = `${client.escapeIdentifier(request.schema)}."user"`;
    const { email, passwordHash, id, firstName = null, lastName = null } = request;
    const [query, values, otherwise] =
      request.action === 'create'
        ? [CREATE(table), [id, email, passwordHash, firstName, lastName], 'exists' as const]
        : [RESET(table), [email, passwordHash], 'missing' as const];
    const { rowCount } = await client.query(query, values);
    return ADMINISTRATOR_EXIT[rowCount === 1 ? 'done' : otherwise];
  } finally {
    await client.end();
  }
}

async function main(): Promise<number> {
  try {
    const request = readRequest();
    return request ? await run(request) : ADMINISTRATOR_EXIT.sealedOtherwise;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === UNIQUE_VIOLATION) return ADMINISTRATOR_EXIT.exists;
    // Never its `detail`, which holds the whole row.
    process.stderr.write(`${message || code}\n`);
    return 1;
  }
}

main().then((exitCode) => {
  process.exitCode = exitCode;
});
