import type { Client } from 'pg';
import { MIGRATIONS_TABLE, type SchemaState, tablesQuery } from '../prepared-state.ts';

/** What a database's catalogue holds outside of the stack's schema, before migrations ran. */
export interface Snapshot {
  /** `table public.product` and so on: what is there. */
  readonly objects: ReadonlySet<string>;
  /** Indexes outside of the schema, with the statement that makes each again. */
  readonly indexes: readonly { readonly name: string; readonly definition: string }[];
}

/** An object of the catalogue; names are quoted where SQL needs it, with their schema. */
export interface FoundObject {
  readonly kind: string;
  readonly name: string;
  /** The table with which it goes. */
  readonly part_of: string | null;
}

/** Schemas in which an object could land by mistake: public, and those of the search_path. */
const ELSEWHERE = `n.nspname <> $1 and n.nspname !~ '^pg_'
  and (n.nspname = 'public' or n.nspname = any (current_schemas(false)))`;

const NOT_OF_EXTENSION = (table: string, oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${table}'::regclass
     and d.objid = ${oid} and d.deptype = 'e')`;

/**
 * Tables, views, sequences, indexes, types and functions of other schemas, extensions' own left out.
 * `part_of` is the table with which an index or a sequence goes.
 */
const OBJECTS = `
  select case c.relkind when 'i' then 'index' when 'I' then 'index' when 'S' then 'sequence'
      when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end as kind,
      quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
      (select quote_ident(tn.nspname) || '.' || quote_ident(t.relname)
        from pg_class t join pg_namespace tn on tn.oid = t.relnamespace
        where t.oid = (select i.indrelid from pg_index i where i.indexrelid = c.oid)
          or t.oid = (select d.refobjid from pg_depend d where d.classid = 'pg_class'::regclass
            and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
            and d.deptype in ('a', 'i') limit 1)) as part_of
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ELSEWHERE} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'i', 'I', 'f')
      and ${NOT_OF_EXTENSION('pg_class', 'c.oid')}
  union all
  select 'type', quote_ident(n.nspname) || '.' || quote_ident(t.typname), null
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where ${ELSEWHERE} and t.typtype in ('e', 'd', 'r') and ${NOT_OF_EXTENSION('pg_type', 't.oid')}
  union all
  select 'function', quote_ident(n.nspname) || '.' || quote_ident(p.proname), null
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ELSEWHERE} and ${NOT_OF_EXTENSION('pg_proc', 'p.oid')}
  order by 1, 2`;

const INDEXES = `
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
      pg_get_indexdef(c.oid) as definition
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ELSEWHERE} and c.relkind = 'i' and pg_has_role(c.relowner, 'usage')
      and not exists (select from pg_constraint k where k.conindid = c.oid)
    order by 1`;

export async function takeSnapshot(client: Client, schema: string): Promise<Snapshot> {
  const objects = await client.query<FoundObject>(OBJECTS, [schema]);
  const indexes = await client.query<{ name: string; definition: string }>(INDEXES, [schema]);
  return { objects: new Set(objects.rows.map(nameOf)), indexes: indexes.rows };
}

/** What is outside of the schema now and was not before. */
export async function strayObjects(
  client: Client,
  schema: string,
  before: Snapshot,
): Promise<FoundObject[]> {
  const { rows } = await client.query<FoundObject>(OBJECTS, [schema]);
  return rows.filter((object) => !before.objects.has(nameOf(object)));
}

/** `table public.product`. */
export function nameOf({ kind, name }: FoundObject): string {
  return `${kind} ${name}`;
}

/**
 * Makes again what the migrations dropped in other schemas. Medusa's 1673550502785 drops an index in
 * "public" by name, and unqualified drops reach every schema of the search_path: another Medusa's
 * unique indexes would be gone.
 */
export async function restoreIndexes(client: Client, { indexes }: Snapshot): Promise<string[]> {
  const restored: string[] = [];
  for (const { name, definition } of indexes) {
    const { rows } = await client.query<{ gone: boolean }>(
      'select to_regclass($1) is null as gone',
      [name],
    );
    if (!rows[0]?.gone) continue;
    await client.query(definition);
    restored.push(name);
  }
  return restored;
}

/** How many tables the schema has, and how many rows TypeORM's list of migrations. */
export async function readState(client: Client, schema: string): Promise<SchemaState> {
  const { rows } = await client.query<{ tables: number; listed: boolean }>(tablesQuery('$1'), [
    schema,
  ]);
  const { tables = 0, listed = false } = rows[0] ?? {};
  if (!listed) return { tables, migrations: undefined };
  const counted = await client.query<{ count: number }>(
    `select count(*)::int as count from ${client.escapeIdentifier(schema)}.${MIGRATIONS_TABLE}`,
  );
  return { tables, migrations: counted.rows[0]?.count ?? 0 };
}

/** Whether the schema's list of done migrations has all of these. */
export async function areListed(
  client: Client,
  schema: string,
  names: readonly string[],
): Promise<boolean> {
  const { rows } = await client.query<{ count: number }>(
    `select count(distinct name)::int as count from ${client.escapeIdentifier(schema)}.${MIGRATIONS_TABLE} where name = any($1)`,
    [names],
  );
  return rows[0]?.count === names.length;
}
