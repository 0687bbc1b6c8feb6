import type { DatabaseLimits } from '../../stack/stack-file.ts';
import { ownTimeouts } from './limits.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { doBlock, EXTENSIONS, extensionElsewhere, HEADER, lockStatement } from './shared.ts';

export interface ExternalOptions {
  readonly schema: string;
  readonly extensionsSchema: string;
  readonly limits: DatabaseLimits;
  readonly lockTimeoutSeconds: number;
}

/**
 * A psql script for a database that somebody else runs, as the user of the given URL: makes what is
 * missing and permitted (schema, extensions, the time limits of the user's own sessions), and otherwise says
 * which statement to ask for.
 * Running it again changes nothing.
 */
export function externalScript(options: ExternalOptions): string {
  const { schema, extensionsSchema } = options;
  return [
    ...HEADER,
    ...lockStatement(options.lockTimeoutSeconds),
    doBlock(ensureSchema(schema, 'database.schema', ['USAGE', 'CREATE'])),
    ...EXTENSIONS.flatMap((extension) => [
      doBlock(extensionElsewhere(extension, extensionsSchema)),
      doBlock(ensureExtension(extension, extensionsSchema)),
    ]),
    ownTimeouts(options.limits),
    '',
  ].join('\n');
}

/** The schema exists (made here if need be) and the user has these rights on it. */
function ensureSchema(schema: string, key: string, rights: readonly string[]): string {
  const name = quoteLiteral(schema);
  const checks = rights.map(
    (right) => `  IF NOT pg_catalog.has_schema_privilege(${name}, '${right}') THEN
    RAISE EXCEPTION USING MESSAGE = pg_catalog.format(
      '${key}: the user %s has no ${right} right on schema %s; ask the database''s administrator for: GRANT ${rights.join(', ')} ON SCHEMA %I TO %I',
      current_user, ${name}, ${name}, current_user);
  END IF;`,
  );
  return `BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${name}) THEN
    IF NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') THEN
      RAISE EXCEPTION USING MESSAGE = pg_catalog.format(
        '${key}: schema %s is not there, and the user %s may not create it; ask the database''s administrator for: CREATE SCHEMA %I AUTHORIZATION %I',
        ${name}, current_user, ${name}, current_user);
    END IF;
    CREATE SCHEMA ${quoteIdentifier(schema)};
  END IF;
${checks.join('\n')}
END`;
}

function ensureExtension(extension: string, schema: string): string {
  const name = quoteLiteral(extension);
  const place = quoteLiteral(schema);
  return `BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = ${name}) THEN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = ${name}) THEN
      RAISE EXCEPTION USING MESSAGE = pg_catalog.format(
        'database.external: this server does not offer the extension %s, which Medusa''s migrations need; ask its administrator to install PostgreSQL''s contrib modules', ${name});
    END IF;
    BEGIN
      CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};
      CREATE EXTENSION ${quoteIdentifier(extension)} WITH SCHEMA ${quoteIdentifier(schema)};
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION USING MESSAGE = pg_catalog.format(
        'database.extensionsSchema: the user %s may not create the extension %s in schema %s; ask the database''s administrator for: CREATE SCHEMA IF NOT EXISTS %I; CREATE EXTENSION %I WITH SCHEMA %I; GRANT USAGE ON SCHEMA %I TO %I',
        current_user, ${name}, ${place}, ${place}, ${name}, ${place}, ${place}, current_user);
    END;
  END IF;
  IF NOT pg_catalog.has_schema_privilege(${place}, 'USAGE') THEN
    RAISE EXCEPTION USING MESSAGE = pg_catalog.format(
      'database.extensionsSchema: the user %s may not use schema %s; ask the database''s administrator for: GRANT USAGE ON SCHEMA %I TO %I',
      current_user, ${place}, ${place}, current_user);
  END IF;
END`;
}
