import { metaOf, schemasIn } from './schema-walk.ts';
import { stackSchema } from './sections/root.ts';
import type { Path, Tree } from './tree.ts';

/** Paths at which numbers and booleans mean the text as written, such as `1.10`. `*`: any step. */
const AS_WRITTEN: readonly Path[] = [...schemasIn(stackSchema)]
  .filter(({ schema }) => metaOf(schema).asWritten)
  .map(({ path }) => path);

/** Whether a path is one of the patterns, in which `*` stands for any one step. */
export function matchesAny(path: Path, patterns: readonly Path[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern.length === path.length &&
      pattern.every((step, index) => step === '*' || step === path[index]),
  );
}

/**
 * Plain data of a tree, for the schema. Root keys that begin with `x-` are left out, and so is what
 * `skip` names. Objects have no prototype, so that a key `__proto__` is only a key.
 */
export function toPlain(tree: Tree, skip: (path: Path) => boolean, path: Path = []): unknown {
  if (tree.kind === 'scalar') {
    const { value } = tree;
    return value !== null && typeof value !== 'string' && matchesAny(path, AS_WRITTEN)
      ? tree.text
      : value;
  }
  if (tree.kind === 'list') {
    return tree.items
      .map((item, index) => ({ item, path: [...path, index] }))
      .filter((entry) => !skip(entry.path))
      .map((entry) => toPlain(entry.item, skip, entry.path));
  }
  const plain: Record<string, unknown> = Object.create(null);
  for (const [name, entry] of tree.entries) {
    const below = [...path, name];
    if ((path.length === 0 && name.startsWith('x-')) || skip(below)) continue;
    plain[name] = toPlain(entry.value, skip, below);
  }
  return plain;
}
