import { parseEnv } from 'node:util';
import { UserError } from '../errors.ts';

/** `export NAME='…'`: any value but one with a NUL survives. */
export function shellLine(name: string, value: string): string {
  return `export ${name}=${shellQuote(value)}`;
}

/** A value for a POSIX shell. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/**
 * `NAME=…` for `node --env-file` and similar tools. They know three kinds of quotes and no escapes, so this
 * takes the first form that Node's parser reads back unchanged.
 * @throws UserError for a value that has no such form
 */
export function dotenvLine(name: string, value: string): string {
  // Without quotes, other parsers differ about blanks, # and $.
  const bare = /^[\w./:@%+,=-]*$/.test(value) ? [value] : [];
  const forms = [...bare, `'${value}'`, `\`${value}\``, `"${value}"`, value];
  for (const form of forms) {
    const line = `${name}=${form}`;
    const read = parseEnv(`${line}\nEND=1`);
    if (read[name] === value && read['END'] === '1') return line;
  }
  throw new UserError(
    `${name}: the value contains all three kinds of quotes, which no .env file can hold; use --format shell or --format json`,
    'value-not-quotable',
  );
}
