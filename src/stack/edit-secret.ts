import type { Alias, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, parseDocument } from 'yaml';

/** What changes about a secret's entry. */
export interface SecretEdit {
  readonly version?: number;
  /** ISO date on which the current value began. */
  readonly since?: string;
}

/** The text cannot be edited by a program without touching something else; the message says why. */
export class EditRefused extends Error {
  override readonly name: string = 'EditRefused';
}

/**
 * The text of a stack file in which the entry of one secret says something else. Every byte but those
 * of the values stays: comments, layout, quotes and line endings. What is missing (a key, the entry,
 * the section) is added in the style around it. A value that comes through an alias or a merge key is
 * overridden in the entry itself; what the anchor names stays as it is.
 * @throws EditRefused where the place is no map that could hold it
 */
export function editSecret(text: string, name: string, edit: SecretEdit): string {
  let edited = text;
  if (edit.version !== undefined) edited = put(edited, name, 'version', String(edit.version));
  if (edit.since !== undefined) edited = put(edited, name, 'since', edit.since);
  return edited;
}

function put(text: string, name: string, key: string, value: string): string {
  // The same way as the loader reads it (read.ts).
  const root = parseDocument(text, { version: '1.2', merge: true, uniqueKeys: false }).contents;
  if (!isMap(root)) throw new EditRefused('the file is no map of sections');
  return putInto(text, root, ['secrets', name, key], value);
}

function putInto(text: string, map: YAMLMap, path: readonly string[], value: string): string {
  const [key = '', ...rest] = path;
  const pair = map.items.find((item) => nameOf(item) === key);
  if (!pair) return add(text, map, path, value);
  const held = pair.value as Node | null;
  if (rest.length > 0 && isMap(held)) return putInto(text, held, rest, value);
  if (isAlias(held)) {
    const [start, end] = rangeOf(held);
    const inside = `{ <<: *${held.source}, ${flow(rest, value)} }`;
    return splice(text, start, end, rest.length > 0 ? inside : value);
  }
  if (!isScalar(held))
    throw new EditRefused(`${path.join('.')} is not of the kind that is expected`);
  const next = rest.length > 0 ? `{ ${flow(rest, value)} }` : quotedLike(held, value);
  if (rest.length > 0 && held.value !== null) {
    throw new EditRefused(`${key} holds a text, not a map`);
  }
  const [start, end] = rangeOf(held);
  if (start < end) return splice(text, start, end, next);
  // Nothing stands after the colon yet, but for a comment perhaps.
  const colon = text.slice(0, start).trimEnd().length;
  return splice(text, colon, colon, ` ${next}`);
}

/** Adds a key with all that is below it. */
function add(text: string, map: YAMLMap, path: readonly string[], value: string): string {
  const last = map.items.at(-1);
  if (map.flow) {
    const [start, end] = rangeOf(map);
    if (last) return splice(text, endOf(last, text), endOf(last, text), `, ${flow(path, value)}`);
    const empty = text.slice(start + 1, end - 1).trim() === '';
    return empty
      ? splice(text, start, end, `{ ${flow(path, value)} }`)
      : splice(text, start + 1, start + 1, ` ${flow(path, value)}`);
  }
  if (!last) throw new EditRefused('the file has an empty map in block style');
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  const begin = rangeOf(map)[0];
  const indent = ' '.repeat(begin - lineStart(text, begin));
  if (path.length === 3) return addSection(text, path, value, { newline, indent });
  const end = lineEnd(text, endOf(last, text));
  return splice(text, end, end, `${newline}${indent}${flow(path, value)}`);
}

interface Layout {
  readonly newline: string;
  readonly indent: string;
}

/** At the end of the file, and set off by an empty line where the file has such lines. */
function addSection(
  text: string,
  [section = '', ...rest]: readonly string[],
  value: string,
  { newline, indent }: Layout,
): string {
  const ended = /\n\s*$/.test(text);
  const gap = /\n\r?\n/.test(text.trimEnd()) ? newline : '';
  const lines = `${indent}${section}:${newline}${indent}  ${flow(rest, value)}`;
  return ended ? `${text}${gap}${lines}${newline}` : `${text}${newline}${gap}${lines}`;
}

/** `jwt: { version: 2 }` for the path jwt, version. */
function flow(path: readonly string[], value: string): string {
  return path.reduceRight<string>(
    (inner, key, index) =>
      index === path.length - 1 ? `${key}: ${inner}` : `${key}: { ${inner} }`,
    value,
  );
}

function quotedLike({ type }: Scalar, value: string): string {
  if (type === 'QUOTE_DOUBLE') return `"${value}"`;
  if (type === 'QUOTE_SINGLE') return `'${value}'`;
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') {
    throw new EditRefused('the value is written as a block of text');
  }
  return value;
}

function nameOf({ key }: Pair): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** Where the text of a pair ends, without what follows it on its last line. */
function endOf(pair: Pair, text: string): number {
  const value = pair.value as Node | null;
  const node = value ?? (pair.key as Node);
  if (isMap(value) && !value.flow && value.items.length > 0) {
    return endOf(value.items.at(-1) as Pair, text);
  }
  // Of a block the range runs to the next line's start, or over comments that follow.
  const end = rangeOf(node as Node | Alias)[1];
  return text.slice(0, end).trimEnd().length;
}

function rangeOf(node: Node): readonly [start: number, end: number] {
  if (!node.range) throw new EditRefused('the place of a value is not known');
  return [node.range[0], node.range[1]];
}

function lineStart(text: string, at: number): number {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** The end of the line, before its line break. */
function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  const end = found < 0 ? text.length : found;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}
