/** A PostgreSQL identifier in double quotes: always right, whatever the name holds. */
export function quoteIdentifier(name: string): string {
  return `"${checked(name).replaceAll('"', '""')}"`;
}

/** A PostgreSQL string literal, in the `E''` form where it holds a backslash, as `quote_literal` does. */
export function quoteLiteral(text: string): string {
  const quoted = `'${checked(text).replaceAll("'", "''")}'`;
  return quoted.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Text between dollar quotes; the tag is chosen so that the text cannot end it. */
export function dollarQuote(text: string): string {
  checked(text);
  let tag = '$do$';
  for (let n = 1; text.includes(tag); n++) tag = `$do${n}$`;
  return `${tag}${text}${tag}`;
}

/** An argument of a psql meta-command, in psql's own single quotes. */
export function quoteMetaArgument(text: string): string {
  const escaped = checked(text)
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `'${escaped}'`;
}

/** A value in a libpq connection string (`keyword='value'`). */
export function quoteConnectionValue(text: string): string {
  return `'${checked(text).replaceAll(/[\\']/g, '\\$&')}'`;
}

function checked(text: string): string {
  // PostgreSQL's text type has no NUL: a statement would end at it.
  if (text.includes('\0')) throw new RangeError('PostgreSQL text cannot hold a NUL character');
  return text;
}
