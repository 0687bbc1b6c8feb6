import type { Client } from 'pg';
import { PrepareFailure } from './failure.ts';

interface Situation {
  readonly role: string;
  readonly database: string;
  readonly current: string | null;
  readonly path: readonly string[];
  readonly exists: boolean;
  readonly may_create: boolean | null;
  readonly may_create_extension: boolean;
  readonly trgm_schema: string | null;
  readonly foreign_table: string | null;
}

/** Index in "public" that Medusa's migration 1673550502785 drops by that name, wherever it migrates. */
const DROPPED_IN_PUBLIC = 'UniqPaymentSessionCartIdProviderId';

/**
 * Checks what Medusa's migrations need before they run: without the schema or with denied rights they
 * hang, or fail with a truncated message.
 */
export async function checkRights(
  client: Client,
  schema: string,
  isMedusa: boolean,
): Promise<void> {
  const { rows } = await client.query<Situation>(
    `select current_user as role, current_database() as database, current_schema() as current,
       current_schemas(true)::text[] as path,
       exists (select from pg_namespace where nspname = $1) as exists,
       case when exists (select from pg_namespace where nspname = $1)
         then has_schema_privilege($1, 'usage') and has_schema_privilege($1, 'create') end as may_create,
       has_database_privilege(current_database(), 'create') as may_create_extension,
       (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
         where e.extname = 'pg_trgm') as trgm_schema,
       (select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = $1 and c.relkind in ('r', 'p') and not pg_has_role(c.relowner, 'usage')
         order by 1 limit 1) as foreign_table`,
    [schema],
  );
  const found = rows[0];
  if (!found) throw new PrepareFailure('PostgreSQL returned nothing about its schemas');
  const problem = describe(found, schema, isMedusa);
  if (problem) throw new PrepareFailure(`database ${found.database}: ${problem}`);
}

function describe(found: Situation, schema: string, isMedusa: boolean): string | undefined {
  const { role } = found;
  if (!found.exists) {
    return `there is no schema "${schema}"; create it: CREATE SCHEMA "${schema}" AUTHORIZATION "${role}"`;
  }
  if (!found.may_create) {
    return `role ${role} may not create tables in schema "${schema}"; grant it: GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "${role}"`;
  }
  if (found.current !== schema) {
    const path = found.current === null ? 'is empty' : `begins with "${found.current}"`;
    return `the search_path ${path}, so tables would not be created in schema "${schema}"; DATABASE_URL needs options=-c%20search_path%3D${encodeURIComponent(schema)}`;
  }
  if (found.foreign_table !== null) {
    return `table "${schema}"."${found.foreign_table}" belongs to another role than ${role}, which cannot migrate it; make one role the owner of all: REASSIGN OWNED BY ... TO "${role}"`;
  }
  if (!isMedusa) return undefined;
  if (found.trgm_schema === null && !found.may_create_extension) {
    return `the extension pg_trgm is missing and role ${role} may not create it; as a superuser run: CREATE EXTENSION pg_trgm SCHEMA "${schema}"`;
  }
  if (found.trgm_schema !== null && !found.path.includes(found.trgm_schema)) {
    return `the extension pg_trgm is in schema "${found.trgm_schema}", which is not on the search_path; add it after "${schema}" in DATABASE_URL's options`;
  }
  return undefined;
}

/**
 * Whether "public" holds another Medusa's index that the pending migration would have to drop but
 * may not: the migration would fail for ever.
 */
export async function checkForeignMedusa(client: Client, schema: string): Promise<void> {
  if (schema === 'public') return;
  const { rows } = await client.query<{ owner: string; pending: boolean }>(
    `select pg_get_userbyid(c.relowner) as owner, to_regclass($1) is null as pending
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relname = $2 and c.relkind = 'i'
         and not pg_has_role(c.relowner, 'usage')`,
    [`"${schema.replaceAll('"', '""')}"."payment_session"`, DROPPED_IN_PUBLIC],
  );
  const found = rows[0];
  if (found?.pending) {
    throw new PrepareFailure(
      `another Medusa is in schema public and belongs to role ${found.owner}: Medusa's migration 1673550502785 drops an index there, which this role may not do; give this stack its own database`,
    );
  }
}
