import type { Client } from 'pg';

/** What a database's catalogue holds outside of the stack's schema, before migrations ran. */
export interface Snapshot {
  /** `table public.product` and so on: what is there. */
  readonly objects: ReadonlySet<string>;
  /** Indexes outside of the schema, with the statement that makes each again. */
  readonly indexes: readonly { readonly name: string; readonly definition: string }[];
}

/** Schemas in which an object could land by mistake: public, and those of the search_path. */
const ELSEWHERE = `n.nspname <> $1 and n.nspname !~ '^pg_'
  and (n.nspname = 'public' or n.nspname = any (current_schemas(false)))`;

const NOT_OF_EXTENSION = (table: string, oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${table}'::regclass
     and d.objid = ${oid} and d.deptype = 'e')`;

/** Tables, views, sequences, indexes, types and functions of other schemas, extensions' own left out. */
const OBJECTS = `
  select case c.relkind when 'i' then 'index' when 'I' then 'index' when 'S' then 'sequence'
      when 'v' then 'view' when 'm' then 'view' else 'table' end
      || ' ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) as object
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ELSEWHERE} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'i', 'I', 'f')
      and ${NOT_OF_EXTENSION('pg_class', 'c.oid')}
  union all
  select 'type ' || quote_ident(n.nspname) || '.' || quote_ident(t.typname)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where ${ELSEWHERE} and t.typtype in ('e', 'd', 'r') and ${NOT_OF_EXTENSION('pg_type', 't.oid')}
  union all
  select 'function ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ELSEWHERE} and ${NOT_OF_EXTENSION('pg_proc', 'p.oid')}
  order by 1`;

const INDEXES = `
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
      pg_get_indexdef(c.oid) as definition
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ELSEWHERE} and c.relkind = 'i' and pg_has_role(c.relowner, 'usage')
      and not exists (select from pg_constraint k where k.conindid = c.oid)
    order by 1`;

export async function takeSnapshot(client: Client, schema: string): Promise<Snapshot> {
  const objects = await client.query<{ object: string }>(OBJECTS, [schema]);
  const indexes = await client.query<{ name: string; definition: string }>(INDEXES, [schema]);
  return { objects: new Set(objects.rows.map(({ object }) => object)), indexes: indexes.rows };
}

/** What is outside of the schema now and was not before. */
export async function strayObjects(
  client: Client,
  schema: string,
  before: Snapshot,
): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(OBJECTS, [schema]);
  return rows.map(({ object }) => object).filter((object) => !before.objects.has(object));
}

/**
 * Makes again what the migrations dropped in other schemas. Medusa's 1673550502785 drops an index in
 * "public" by name, and unqualified drops reach every schema of the search_path: another Medusa's
 * unique indexes would be gone.
 */
export async function restoreIndexes(client: Client, before: Snapshot): Promise<string[]> {
  const restored: string[] = [];
  for (const { name, definition } of before.indexes) {
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

/** How many tables the schema has, and whether TypeORM's table of migrations is one with rows. */
export async function countTables(
  client: Client,
  schema: string,
): Promise<{ readonly tables: number; readonly migrations: number | undefined }> {
  const { rows } = await client.query<{ tables: number; has_migrations: boolean }>(
    `select count(*)::int as tables, coalesce(bool_or(table_name = 'migrations'), false) as has_migrations
       from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE'`,
    [schema],
  );
  const { tables = 0, has_migrations = false } = rows[0] ?? {};
  if (!has_migrations) return { tables, migrations: undefined };
  const counted = await client.query<{ count: number }>(
    `select count(*)::int as count from ${client.escapeIdentifier(schema)}.migrations`,
  );
  return { tables, migrations: counted.rows[0]?.count ?? 0 };
}
