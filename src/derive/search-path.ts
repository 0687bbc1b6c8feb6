import { quoteIdentifier } from './sql/quote.ts';

/** The value of `search_path`: names joined by commas, in quotes where PostgreSQL needs them. */
export function formatSearchPath(schemas: readonly string[]): string {
  return schemas.map(quoteWhereNeeded).join(',');
}

/** Schemas without repetition, in order. */
export function searchPathOf(schema: string, extensionsSchema: string): readonly string[] {
  return schema === extensionsSchema ? [schema] : [schema, extensionsSchema];
}

/**
 * A `-c name=value` word of the connection parameter `options`. The server splits that text at white
 * space and takes a backslash as the escape of the next character.
 */
export function optionsWord(name: string, value: string): string {
  return `-c ${name}=${value.replaceAll(/[\\\s]/g, '\\$&')}`;
}

/**
 * The settings in a connection's `options` text, lower-case names; undefined when it is not made of
 * `-c name=value` and `--name=value` words alone.
 */
export function parseOptions(options: string): readonly (readonly [string, string])[] | undefined {
  const words = splitWords(options);
  const settings: (readonly [string, string])[] = [];
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? '';
    if (word === '-c') word = words[++i] ?? '';
    else if (word.startsWith('-c') || word.startsWith('--')) word = word.slice(2);
    else return undefined;
    const at = word.indexOf('=');
    if (at <= 0) return undefined;
    settings.push([word.slice(0, at).replaceAll('-', '_').toLowerCase(), word.slice(at + 1)]);
  }
  return settings;
}

/** The schema names in a `search_path` value, unquoted; undefined when its quoting is broken. */
export function parseSearchPath(value: string): readonly string[] | undefined {
  const names: string[] = [];
  const item = /\s*(?:"((?:[^"]|"")+)"|([^\s",]+))\s*(,|$)/gy;
  while (item.lastIndex < value.length) {
    const match = item.exec(value);
    if (!match) return undefined;
    names.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? '').toLowerCase());
    if (match[3] === '' && item.lastIndex < value.length) return undefined;
    if (match[3] === ',' && item.lastIndex === value.length) return undefined;
  }
  return names;
}

function quoteWhereNeeded(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === '\\' && i + 1 < text.length) {
      word = (word ?? '') + text.charAt(++i);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
