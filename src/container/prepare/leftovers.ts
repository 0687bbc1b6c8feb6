import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { PrepareConfig } from '../../derive/plan.ts';
import { MIGRATIONS_TABLE } from '../prepared-state.ts';
import { type FoundObject, nameOf } from './catalog.ts';

const FIRST_MIGRATION = 'initialSchema1611063162649';
/** Tables that it makes and no migration of 1.x removes. */
const CORE = [
  'cart',
  'country',
  'currency',
  'customer',
  'order',
  'product',
  'region',
  'store',
  'user',
];
/** Tables that the migrations themselves fill. */
const FILLED = [MIGRATIONS_TABLE, 'country', 'currency'];
const SET_SCHEMA = 'your own medusa-config.js needs database_schema: process.env.DATABASE_SCHEMA';

/** What depends on others first; tables at once, as they may refer to each other. */
const DROP_ORDER = [
  ['view', 'VIEW'],
  ['materialized view', 'MATERIALIZED VIEW'],
  ['foreign table', 'FOREIGN TABLE'],
  ['table', 'TABLE'],
  ['sequence', 'SEQUENCE'],
  ['index', 'INDEX'],
  ['type', 'TYPE'],
  ['function', 'ROUTINE'],
] as const;

/** A schema that holds tables. */
interface Place {
  readonly schema: string;
  readonly tables: number;
  /** Those of Medusa's core tables that it has. */
  readonly core: readonly string[];
  /** Whether it has Medusa's list of done migrations. */
  readonly listed: boolean;
  /** Dropping the schema would take an extension with it. */
  readonly extensions: boolean;
}

const PLACES = `
  select n.nspname as schema, count(*)::int as tables,
      coalesce(array_agg(c.relname::text order by c.relname) filter (where c.relname = any ($1)), '{}') as core,
      bool_or(c.relname = '${MIGRATIONS_TABLE}' and has_schema_privilege(n.oid, 'usage')
        and has_table_privilege(c.oid, 'select') and exists (select from pg_attribute a
          where a.attrelid = c.oid and a.attname = 'name')) as listed,
      exists (select from pg_extension e where e.extnamespace = n.oid) as extensions
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    group by n.oid, n.nspname order by 1`;

/** The server on which a person runs the statements of a message. */
export type Server = PrepareConfig['server'];

/** Which of Medusa's core tables the schema lacks. */
export async function missingTables(client: Client, schema: string): Promise<string[]> {
  const here = (await placesOf(client)).find((place) => place.schema === schema);
  return CORE.filter((table) => !here?.core.includes(table));
}

/** What to do about objects that this run's migrations put outside of the schema. */
export function fixForStrays(
  schema: string,
  state: { readonly listed: boolean },
  stray: readonly FoundObject[],
  server: Server,
): string {
  const whole = new Set(stray.map(({ name }) => name));
  const tops = stray.filter(({ part_of }) => part_of === null || !whole.has(part_of));
  const list = state.listed ? undefined : tops.find(isList);
  const statements = list ? [moveList(list.name, schema)] : [];
  for (const [kind, word] of DROP_ORDER) {
    const names = tops.filter((object) => object.kind === kind && object !== list);
    if (names.length > 0)
      statements.push(`DROP ${word} ${names.map(({ name }) => name).join(', ')}`);
  }
  const other = list ? `, or set database.schema: ${list.name.split('.')[0]}` : '';
  const shown = stray.map(nameOf);
  const some = shown.length > 5 ? [...shown.slice(0, 5), `${shown.length - 5} more`] : shown;
  return `${some.join(', ')}; have the migrations name no schema (${SET_SCHEMA}${other}), ${runFirst(statements, server)}`;
}

/**
 * What an earlier run with another schema has left where, and how to fix it; undefined: nothing that
 * explains why this schema is not complete.
 */
export async function explainSplit(
  client: Client,
  schema: string,
  server: Server,
): Promise<string | undefined> {
  const places = await placesOf(client);
  const here = places.find((place) => place.schema === schema);
  // A schema with both is another store: neither moved nor dropped.
  const lists = places.filter(({ listed, core }) => listed && core.length === 0);
  const bodies = places.filter(({ listed, core }) => !listed && core.length > 0);
  const [list] = lists;
  const [body] = bodies;
  if (lists.length > 1 || bodies.length > 1 || !list) return undefined;
  if (!body) {
    const drop = dropList(list.schema);
    if (list !== here) {
      return `the list of migrations is in "${list.schema}", and no schema has its tables; ${SET_SCHEMA}, ${runFirst([drop], server)}`;
    }
    return `no schema of this database has them: restore them from a backup, or, to begin with empty tables, remove the list, ${runFirst([drop], server)}`;
  }
  const found = `the list of migrations is in "${list.schema}", ${body.tables} of its tables in "${body.schema}"`;
  const move = moveList(tableOf(list.schema), body.schema);
  if (list !== here) return `${found}; ${SET_SCHEMA}, ${runFirst([move], server)}`;
  const filled = await tablesWithRows(client, body.schema);
  if (filled.length > 0) {
    return `${found}, ${filled.length} of which have rows (${filled.slice(0, 3).join(', ')}), possibly your shop's data; to serve them set database.schema: ${body.schema} (${SET_SCHEMA}). Either way move their list back to them, which loses nothing, ${runFirst([move], server)}`;
  }
  if (body.schema === 'public' || body.extensions) return `${found}; ${runFirst([move], server)}`;
  const drop = `DROP SCHEMA ${escapeIdentifier(body.schema)} CASCADE`;
  return `${found}, none of which has a row that the migrations did not make; remove both, ${runFirst([dropList(schema), drop], server)}`;
}

async function placesOf(client: Client): Promise<Place[]> {
  const { rows } = await client.query<Place>(PLACES, [CORE]);
  const places: Place[] = [];
  for (const place of rows) {
    places.push({ ...place, listed: place.listed && (await isMedusas(client, place.schema)) });
  }
  return places;
}

/** Whether a list is Medusa's: other programs use TypeORM too. */
async function isMedusas(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `select exists (select from ${tableOf(schema)} where name::text = $1) as found`,
    [FIRST_MIGRATION],
  );
  return rows[0]?.found === true;
}

/** Tables that somebody wrote to, and those that this role may not read: they may hold a shop's data. */
async function tablesWithRows(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; readable: boolean }>(
    `select c.relname as name, has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relkind in ('r', 'p') and c.relname <> all ($2) order by 1`,
    [schema, FILLED],
  );
  const closed = rows.filter(({ readable }) => !readable).map(({ name }) => name);
  const open = rows.filter(({ readable }) => readable);
  if (open.length === 0) return closed;
  const asked = open.map(
    ({ name }) =>
      `select ${escapeLiteral(name)} as name where exists (select from ${escapeIdentifier(schema)}.${escapeIdentifier(name)})`,
  );
  const filled = await client.query<{ name: string }>(asked.join(' union all '));
  return [...closed, ...filled.rows.map(({ name }) => name)];
}

function isList({ kind, name }: FoundObject): boolean {
  return kind === 'table' && name.endsWith(`.${MIGRATIONS_TABLE}`);
}

function tableOf(schema: string): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(MIGRATIONS_TABLE)}`;
}

function moveList(list: string, schema: string): string {
  return `ALTER TABLE ${list} SET SCHEMA ${escapeIdentifier(schema)}`;
}

function dropList(schema: string): string {
  return `DROP TABLE ${tableOf(schema)}`;
}

/** Complete for a shell where the server is a container of the stack, the SQL alone otherwise. */
function runFirst(statements: readonly string[], server: Server): string {
  const sql = statements.join('; ');
  if (!server) return `and before the next up run: ${sql}`;
  const command = ['docker', 'exec', server.container, 'psql', '-U', 'postgres'];
  const words = [...command, '-d', server.database, '-c', sql].map(shellWord);
  return `and before the next up run: ${words.join(' ')}`;
}

function shellWord(word: string): string {
  return /^[\w.=/:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
