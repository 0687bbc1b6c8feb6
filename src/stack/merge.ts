import type { Entry, MapTree, Path, Tree } from './tree.ts';

/**
 * Lays a file over the one that it extends: maps merge key by key, lists and scalars replace, null
 * removes. A value that comes in kinds is replaced, not mixed, where the kind changes (see KINDS).
 */
export function mergeTrees(base: MapTree, over: MapTree, path: Path = []): MapTree {
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const below = base.entries.get(name);
    entries.set(name, below ? mergeEntry(below, entry, [...path, name]) : entry);
  }
  dropOtherKind(entries, over, path);
  let size = 1;
  for (const entry of entries.values()) size += entry.value.size;
  return { ...over, entries, size };
}

function mergeEntry(below: Entry, entry: Entry, path: Path): Entry {
  if (isNull(entry.value)) return { ...entry, removed: true };
  if (below.value.kind === 'map' && entry.value.kind === 'map') {
    const value = mergeTrees(below.value, entry.value, path);
    // Where it writes nothing itself, a place in the nearer file would show the wrong line.
    return { ...entry, value };
  }
  return entry;
}

interface Kind {
  readonly path: Path;
  readonly kinds: readonly {
    readonly matches: (map: MapTree) => boolean;
    /** Keys that make sense for this kind alone. */
    readonly own: readonly string[];
  }[];
}

const has = (map: MapTree, key: string) => {
  const entry = map.entries.get(key);
  return entry !== undefined && !isNull(entry.value);
};
const scalarIs = (map: MapTree, key: string, value: string) => {
  const found = map.entries.get(key)?.value;
  return found?.kind === 'scalar' && found.value === value;
};

const OWN_SERVER = ['version', 'storage', 'onDestroy'];
const GENERATED = ['length', 'alphabet', 'version', 'keep'];

/** Sections in which one file may choose another kind than the file that it extends. `*`: any name. */
const KINDS: readonly Kind[] = [
  {
    path: ['database'],
    kinds: [
      {
        matches: (map) => scalarIs(map, 'type', 'sqlite'),
        own: ['file'],
      },
      {
        matches: (map) => has(map, 'external'),
        own: ['external'],
      },
      {
        matches: (map) =>
          scalarIs(map, 'type', 'postgres') || OWN_SERVER.some((key) => has(map, key)),
        own: OWN_SERVER,
      },
    ],
  },
  {
    path: ['redis'],
    kinds: [
      { matches: (map) => has(map, 'external'), own: ['external'] },
      {
        matches: (map) => ['version', 'memory', 'persist'].some((key) => has(map, key)),
        own: ['version', 'memory', 'persist', 'onDestroy'],
      },
    ],
  },
  {
    path: ['secrets', '*'],
    kinds: [
      { matches: (map) => has(map, 'from'), own: ['from'] },
      { matches: (map) => GENERATED.some((key) => has(map, key)), own: GENERATED },
    ],
  },
];

/** Keys of PostgreSQL that a file which chooses sqlite takes away from the file that it extends. */
const NOT_SQLITE = [
  'version',
  'name',
  'schema',
  'extensionsSchema',
  'storage',
  'pool',
  'extra',
  'ssl',
  'ca',
  'external',
];

/** Takes away keys of the extended file that belong to another kind than the one chosen here. */
function dropOtherKind(entries: Map<string, Entry>, over: MapTree, path: Path): void {
  const section = KINDS.find(
    ({ path: pattern }) =>
      pattern.length === path.length &&
      pattern.every((step, index) => step === '*' || step === path[index]),
  );
  const chosen = section?.kinds.find((kind) => kind.matches(over));
  if (!section || !chosen) return;
  const drop = section.kinds.filter((kind) => kind !== chosen).flatMap((kind) => kind.own);
  if (path[0] === 'database' && scalarIs(over, 'type', 'sqlite')) drop.push(...NOT_SQLITE);
  for (const key of drop) {
    if (!chosen.own.includes(key) && !over.entries.has(key)) entries.delete(key);
  }
}

function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}

/** The tree without the nulls that removed something. */
export function withoutRemoved<T extends Tree>(tree: T): T {
  if (tree.kind !== 'map') return tree;
  const entries = new Map<string, Entry>();
  for (const [name, entry] of tree.entries) {
    if (!entry.removed) entries.set(name, { ...entry, value: withoutRemoved(entry.value) });
  }
  return { ...tree, entries };
}
