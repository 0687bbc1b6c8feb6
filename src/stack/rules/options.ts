import type { MapTree, Path, Tree } from '../tree.ts';
import { treeAt } from '../tree.ts';

/** `{ env: NAME }` or `{ secret: name }` inside the options of a module or plugin. */
export interface OptionReference {
  readonly kind: 'env' | 'secret';
  readonly name: string;
  readonly path: Path;
}

/** All of them, in file order. A map with another key as well is a value like any other. */
export function optionReferences(tree: MapTree): OptionReference[] {
  const found: OptionReference[] = [];
  for (const section of ['modules', 'plugins']) {
    const part = treeAt(tree, [section]);
    const entries: [string | number, Tree][] =
      part?.kind === 'map'
        ? [...part.entries].map(([name, entry]) => [name, entry.value])
        : part?.kind === 'list'
          ? part.items.map((item, index) => [index, item])
          : [];
    for (const [step, value] of entries) {
      const options = treeAt(value, ['options']);
      if (options) collect(options, [section, step, 'options'], found);
    }
  }
  return found;
}

function collect(tree: Tree, path: Path, found: OptionReference[]): void {
  if (tree.kind === 'list') {
    tree.items.forEach((item, index) => {
      collect(item, [...path, index], found);
    });
  }
  if (tree.kind !== 'map') return;
  const [first, ...others] = tree.entries;
  if (first && others.length === 0 && (first[0] === 'env' || first[0] === 'secret')) {
    const { value } = first[1];
    // The options themselves may be a map with the one option "env".
    const isOptions = path.at(-1) === 'options' && path.length === 3;
    if (value.kind === 'scalar' && typeof value.value === 'string' && !isOptions) {
      found.push({ kind: first[0], name: value.value, path });
      return;
    }
  }
  for (const [name, entry] of tree.entries) collect(entry.value, [...path, name], found);
}
