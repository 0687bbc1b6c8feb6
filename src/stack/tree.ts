/**
 * A YAML value with the place where it was written. Aliases and merge keys are resolved, and a value
 * reached through one keeps the place of the value itself.
 */
export type Tree = ScalarTree | ListTree | MapTree;

/** A place in one file of the `extends` chain; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface TreeBase {
  readonly place: Place;
  /** Number of values in it, itself included, with aliases counted as if they were written out. */
  readonly size: number;
}

export interface ScalarTree extends TreeBase {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written: `1.10` stays `1.10`, where `value` is the number 1.1. */
  readonly text: string;
}

export interface ListTree extends TreeBase {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  /** Written as an indented block: it then begins on the line after its key. */
  readonly block: boolean;
}

export interface MapTree extends TreeBase {
  readonly kind: 'map';
  /** In the order of the file. A Map, so that a key such as `__proto__` is a key like any other. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly block: boolean;
}

export interface Entry {
  readonly key: Place;
  readonly value: Tree;
  /** The value is an alias: its place is not next to the key. */
  readonly alias?: boolean;
  /** A null that took a value of an extended file away. */
  readonly removed?: boolean;
  /** The key is written more than once, which has its own issue. */
  readonly repeated?: boolean;
}

export type Path = readonly (string | number)[];

/** The value at a path, or undefined where there is none. */
export function treeAt(tree: Tree | undefined, path: Path): Tree | undefined {
  let node = tree;
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.value;
    else if (node?.kind === 'list' && typeof step === 'number') node = node.items[step];
    else return undefined;
  }
  return node;
}

export function isNull(tree: Tree | undefined): boolean {
  return tree?.kind === 'scalar' && tree.value === null;
}

/** Whether something other than null is written at a path. */
export function isSetAt(tree: Tree | undefined, path: Path): boolean {
  const found = treeAt(tree, path);
  return found !== undefined && !isNull(found);
}

/**
 * The place to show for a path: that of the value; of the key where the value is empty or an indented
 * block below it; of the nearest ancestor where nothing is written at the path.
 */
export function placeAt(tree: Tree, path: Path): Place {
  let node: Tree = tree;
  let place = tree.place;
  for (const step of path) {
    if (node.kind === 'map') {
      const entry = node.entries.get(String(step));
      if (!entry) return place;
      place = shownPlace(entry);
      node = entry.value;
    } else if (node.kind === 'list' && typeof step === 'number') {
      const item: Tree | undefined = node.items[step];
      if (!item) return place;
      place = item.place;
      node = item;
    } else return place;
  }
  return place;
}

/** Paths of the keys that are written more than once in one file. */
export function repeatedPaths(tree: Tree, path: Path = []): Path[] {
  if (tree.kind === 'list') {
    return tree.items.flatMap((item, index) => repeatedPaths(item, [...path, index]));
  }
  if (tree.kind !== 'map') return [];
  return [...tree.entries].flatMap(([name, { value, repeated }]) =>
    repeated ? [[...path, name]] : repeatedPaths(value, [...path, name]),
  );
}

/** The place of the key at the end of a path, or of the nearest ancestor. */
export function keyPlaceAt(tree: Tree, path: Path): Place {
  const parent = treeAt(tree, path.slice(0, -1));
  const entry = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.key ?? placeAt(tree, path);
}

function shownPlace(entry: Entry): Place {
  const { value } = entry;
  if (entry.alias) return value.place;
  if (value.kind === 'scalar') return value.value === null ? entry.key : value.place;
  return value.block ? entry.key : value.place;
}

/**
 * A path for people: `backend.env.NAME`, `plugins[1].options`. An index at the end is left out: line and
 * column say which entry is meant. Keys with other characters are quoted, so that a path is one line.
 */
export function formatPath(path: Path): string {
  const shown = typeof path.at(-1) === 'number' ? path.slice(0, -1) : path;
  let text = '';
  for (const step of shown) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += (text === '' ? '' : '.') + (/^[\w$@/-]+$/.test(step) ? step : printable(step));
  }
  return text;
}

/**
 * A text in quotes on one line, without characters that would steer a terminal. Backslashes and quotes
 * stay as they are: in a CORS pattern each one counts.
 */
export function printable(text: string): string {
  const shown = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) =>
      character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${shown}"`;
}
