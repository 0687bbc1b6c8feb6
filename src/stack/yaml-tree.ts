import type { Alias, Document, LineCounter, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { Issue } from './issues.ts';
import { issueAt } from './issues.ts';
import type { Entry, Path, Place, ScalarTree, Tree } from './tree.ts';

/** Written-out values that a file may hold; more is an alias bomb, or no stack file. */
const MAX_VALUES = 20_000;
const MAX_DEPTH = 64;
/** Ends every text of the operating system: what comes after it would be lost, or refused late. */
const NUL = '\0';

class Refused extends Error {}

/**
 * Turns a parsed YAML document into a tree with places. Resolves aliases and merge keys, and reports
 * repeated keys, unknown aliases, tags and alias bombs. undefined for an empty document, or when what
 * was found makes the rest meaningless.
 */
export function documentToTree(
  document: Document,
  lines: LineCounter,
  file: string,
  issues: Issue[],
): Tree | undefined {
  if (document.contents === null) return undefined;
  try {
    return new Converter(lines, file, issues).convert(document.contents as Node, [], 0);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

class Converter {
  private readonly lines: LineCounter;
  private readonly file: string;
  private readonly issues: Issue[];
  /** The value of each anchor so far; undefined while it is still being read. */
  private readonly anchors = new Map<string, Tree | undefined>();
  private values = 0;

  constructor(lines: LineCounter, file: string, issues: Issue[]) {
    this.lines = lines;
    this.file = file;
    this.issues = issues;
  }

  convert(node: Node | null, path: Path, depth: number): Tree {
    if (depth > MAX_DEPTH) {
      this.refuse(node, `at most ${MAX_DEPTH} levels of nesting; is this a stack file?`);
    }
    if (isAlias(node)) return this.resolve(node);
    const anchor = node !== null && 'anchor' in node ? node.anchor : undefined;
    if (anchor) this.anchors.set(anchor, undefined);
    const tree = this.convertPlain(node, path, depth);
    if (anchor) this.anchors.set(anchor, tree);
    return tree;
  }

  private convertPlain(node: Node | null, path: Path, depth: number): Tree {
    const place = this.placeOf(node);
    this.count(node, 1);
    if (node?.tag && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(node.tag)) {
      this.refuse(node, 'a value without a tag; remove the text that begins with "!"');
    }
    if (isMap(node)) return this.convertMap(node, path, depth, place);
    if (isSeq(node)) return this.convertList(node, path, depth, place);
    const scalar = node as Scalar | null;
    const value = scalar?.value ?? null;
    const plain = typeof value === 'symbol' ? String(value.description) : value;
    if (typeof plain === 'string' && plain.includes(NUL)) this.reportNul(node, path);
    return {
      kind: 'scalar',
      value: plain as string | number | boolean | null,
      text: typeof plain === 'string' ? plain : (scalar?.source ?? String(plain ?? '')),
      place,
      size: 1,
    };
  }

  private convertList(node: YAMLSeq, path: Path, depth: number, place: Place): Tree {
    const items = node.items.map((item, index) =>
      isPair(item)
        ? this.refuse(node, 'a list of values; put { } around a map in a list')
        : this.convert(item as Node | null, [...path, index], depth + 1),
    );
    const size = items.reduce((sum, item) => sum + item.size, 1);
    return { kind: 'list', items, place, size, block: node.flow !== true };
  }

  private convertMap(node: YAMLMap, path: Path, depth: number, place: Place): Tree {
    const entries = new Map<string, Entry>();
    const repeated = new Map<string, readonly Place[]>();
    const merges: Pair[] = [];
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) {
        merges.push(pair);
        continue;
      }
      const name = this.keyName(pair, node, path);
      if (name === undefined) continue;
      const key = this.placeOf(pair.key as Node);
      const value = this.convert((pair.value ?? null) as Node | null, [...path, name], depth + 1);
      const first = entries.get(name);
      if (first) {
        repeated.set(name, [...(repeated.get(name) ?? []), key]);
        entries.set(name, { ...first, value: together(first.value, value), repeated: true });
        continue;
      }
      const empty = pair.value === null || isEmptyScalar(pair.value);
      entries.set(name, {
        key,
        value: empty ? { ...value, place: key } : value,
        ...aliasFlag(pair),
      });
    }
    for (const [name, places] of repeated) {
      this.reportRepeated([...path, name], entries.get(name)?.key as Place, places);
    }
    for (const pair of merges) this.merge(pair, entries, path, depth);
    let size = 1;
    for (const entry of entries.values()) size += entry.value.size;
    return { kind: 'map', entries, place, size, block: node.flow !== true };
  }

  /** Shown at the second place; what is repeated inside of it as well is part of the same mistake. */
  private reportRepeated(path: Path, first: Place, [second, ...more]: readonly Place[]): void {
    if (!second) return;
    const again = more.map(({ line }) => `, again in line ${line}`).join('');
    const message = `duplicate key, first in line ${first.line}${again}; keep one of them`;
    this.issues.push(issueAt(second, path, message, 'yaml-duplicate'));
  }

  /** `<<`: keys of the map itself win over merged ones, and earlier sources over later ones. */
  private merge(pair: Pair, entries: Map<string, Entry>, path: Path, depth: number): void {
    const source = this.convert((pair.value ?? null) as Node | null, path, depth + 1);
    for (const map of source.kind === 'list' ? source.items : [source]) {
      if (map.kind !== 'map') {
        this.report(
          pair.key as Node,
          'after "<<" a map, an alias of one such as *name, or a list of those',
        );
        continue;
      }
      for (const [name, entry] of map.entries) if (!entries.has(name)) entries.set(name, entry);
    }
  }

  private keyName(pair: Pair, map: YAMLMap, path: Path): string | undefined {
    const written = pair.key;
    const key = isAlias(written) ? this.resolve(written) : written;
    const name = isScalar(key)
      ? scalarName(key)
      : isAlias(written) && (key as Tree).kind === 'scalar'
        ? (key as ScalarTree).text
        : undefined;
    const node = isNode(written) ? written : map;
    if (name === '__proto__') this.report(node, 'a key other than __proto__; rename it');
    else if (name?.includes(NUL)) this.reportNul(node, [...path, name]);
    else if (name) return name;
    else
      this.report(
        node,
        `a plain word before each colon, got ${name === '' ? 'an empty one' : 'a list or map'}`,
      );
    return undefined;
  }

  private resolve(alias: Alias): Tree {
    const found = this.anchors.get(alias.source);
    if (found) {
      this.count(alias, found.size);
      return found;
    }
    const name = alias.source.slice(0, 40);
    return this.anchors.has(alias.source)
      ? this.refuse(alias, `*${name} stands inside the value that it names; write the value out`)
      : this.refuse(
          alias,
          `no anchor &${name} before this alias; add one, or quote a text that begins with *`,
        );
  }

  private count(node: Node | null, values: number): void {
    this.values += values;
    if (this.values > MAX_VALUES) {
      this.refuse(
        node,
        `at most ${MAX_VALUES} values with aliases written out; is this a stack file?`,
      );
    }
  }

  private placeOf(node: Node | null): Place {
    const at = this.lines.linePos(node?.range?.[0] ?? 0);
    return { file: this.file, line: Math.max(1, at.line), column: Math.max(1, at.col) };
  }

  private report(node: Node | null, message: string): void {
    this.issues.push(issueAt(this.placeOf(node), 'yaml', message, 'yaml'));
  }

  private reportNul(node: Node | null, path: Path): void {
    const message =
      'a text without NUL (\\0), which no variable, path or command can hold; remove it';
    const at = path.length > 0 ? path : 'yaml';
    this.issues.push(issueAt(this.placeOf(node), at, message, 'yaml'));
  }

  private refuse(node: Node | null, message: string): never {
    this.report(node, message);
    throw new Refused();
  }
}

/** A section that is written twice: what stands in either is there, so that nothing else seems to lack it. */
function together(first: Tree, second: Tree): Tree {
  if (first.kind !== 'map' || second.kind !== 'map') return first;
  const entries = new Map([...second.entries, ...first.entries]);
  return { ...first, entries, size: first.size + second.size };
}

function scalarName(key: Scalar): string {
  if (typeof key.value === 'string') return key.value;
  return key.value === null && !key.source ? '' : (key.source ?? String(key.value));
}

function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || (key.type !== undefined && key.type !== 'PLAIN')) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null && !node.source;
}

function aliasFlag(pair: Pair): { alias?: boolean } {
  return isAlias(pair.value) ? { alias: true } : {};
}
