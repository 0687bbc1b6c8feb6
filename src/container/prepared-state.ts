/**
 * What prepare proves of a schema and leaves as a line of its log; `up` compares it with the schema as it is.
 * Plain data without an import, because the prepare script carries it into every backend.
 */
export interface SchemaState {
  readonly tables: number;
  /** Rows of TypeORM's list of done migrations; undefined: the schema has no such list. */
  readonly migrations: number | undefined;
}

/** TypeORM's list of done migrations. */
export const MIGRATIONS_TABLE = 'migrations';

/**
 * A query of one row: `tables`, their number, and `listed`, whether the list is among them.
 * @param schema the schema's name as SQL, such as `$1`
 */
export function tablesQuery(schema: string): string {
  return `select count(*)::int as tables, coalesce(bool_or(c.relname = '${MIGRATIONS_TABLE}'), false) as listed
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relkind in ('r', 'p')`;
}

/** The line that a job which has proven the schema leaves in its log. */
export function provenLine(schema: string, { tables, migrations }: SchemaState): string {
  return `proven: schema "${schema}" has ${migrations ?? 'no list of'} migrations, ${tables} tables`;
}

/** What the last such line of a log says; undefined: there is none, as in those of earlier versions. */
export function parseProven(log: string): SchemaState | undefined {
  const [, migrations, tables] =
    [
      ...log.matchAll(/^\s*proven: schema ".*" has (\d+|no list of) migrations, (\d+) tables$/gm),
    ].at(-1) ?? [];
  if (tables === undefined) return undefined;
  return {
    tables: Number(tables),
    migrations: migrations === 'no list of' ? undefined : Number(migrations),
  };
}

/**
 * Why the schema has to be prepared again; undefined: it is as it was proven. Further tables are no reason:
 * they are somebody's own.
 * @param found undefined: there is no such schema
 */
export function whyPrepareAgain(
  schema: string,
  proven: SchemaState | undefined,
  found: SchemaState | undefined,
): string | undefined {
  if (proven === undefined) return 'its log does not say what it proved';
  if (found === undefined) return `schema "${schema}" is gone`;
  if (found.migrations === proven.migrations && found.tables >= proven.tables) return undefined;
  const words = ({ tables, migrations }: SchemaState) =>
    `${migrations ?? 'no list of'} migrations and ${tables} tables`;
  return `schema "${schema}" has ${words(found)}, and had ${words(proven)} when it was proven`;
}
