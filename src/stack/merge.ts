import type { z } from 'zod';
import { type Entry, isNull, type MapTree, type Tree } from './tree.ts';
import { keysOfOtherVariants, schemaOf } from './variants.ts';

/**
 * Lays a file over the one that it extends: maps merge key by key, lists and scalars replace, null
 * removes. A section that comes in variants is replaced, not mixed, where the variant changes.
 * @param schema says which sections come in variants; left out: none
 */
export function mergeTrees(base: MapTree, over: MapTree, schema?: z.ZodType): MapTree {
  const entries = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const below = base.entries.get(name);
    entries.set(name, below ? mergeEntry(below, entry, schemaOf(schema, name)) : entry);
  }
  for (const key of keysOfOtherVariants(schema, over)) entries.delete(key);
  let size = 1;
  for (const entry of entries.values()) size += entry.value.size;
  return { ...over, entries, size };
}

function mergeEntry(below: Entry, entry: Entry, schema: z.ZodType | undefined): Entry {
  if (isNull(entry.value)) return { ...entry, removed: true };
  if (below.value.kind === 'map' && entry.value.kind === 'map') {
    const value = mergeTrees(below.value, entry.value, schema);
    // Where it writes nothing itself, a place in the nearer file would show the wrong line.
    return { ...entry, value };
  }
  return entry;
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
