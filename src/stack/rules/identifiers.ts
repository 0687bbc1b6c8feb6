/**
 * Words that PostgreSQL 17 reserves (appendix "SQL Key Words": "reserved", "reserved (can be function or
 * type)"), so that a name of a schema, database or role never needs quotes in a tool that forgets them.
 */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
  collation column concurrently constraint create cross current_catalog current_date current_role
  current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
  except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into
  is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
  only or order outer overlaps placing primary references returning right select session_user similar some
  symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when
  where window with`.split(/\s+/),
);

/** Why a name of legal form cannot be used for a schema; undefined when it can. */
export function schemaNameProblem(name: string): string | undefined {
  if (name.startsWith('pg_')) return 'names that begin with pg_ are reserved for PostgreSQL';
  if (name === 'information_schema') return `${name} is reserved for PostgreSQL`;
  return reservedProblem(name);
}

/** The same for a database and the role of its name; the login roles add `_a` and `_b`. */
export function databaseNameProblem(name: string): string | undefined {
  if (name.startsWith('pg_')) return 'role names that begin with pg_ are reserved for PostgreSQL';
  if (['postgres', 'template0', 'template1'].includes(name))
    return `${name} is reserved for PostgreSQL`;
  if (['public', 'none'].includes(name)) return 'PostgreSQL allows no role of this name';
  if (name.length > 61) return 'at most 61 characters, as the login roles add two';
  return reservedProblem(name);
}

function reservedProblem(name: string): string | undefined {
  return RESERVED.has(name) ? `${name} is a reserved word of SQL` : undefined;
}
