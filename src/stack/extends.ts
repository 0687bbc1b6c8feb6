import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve as resolvePath } from 'node:path';
import type { Issue } from './issues.ts';
import { issueAt } from './issues.ts';
import { mergeTrees, withoutRemoved } from './merge.ts';
import { type ReadTree, readTree } from './read.ts';
import { stackSchema } from './sections/root.ts';
import { didYouMean } from './suggest.ts';
import type { MapTree } from './tree.ts';
import { isNull, placeAt, printable, treeAt } from './tree.ts';

export interface Chain {
  /** The file laid over those that it extends; undefined when the file itself cannot be read. */
  readonly tree?: MapTree;
  /** As shown in issues: the file itself first. */
  readonly files: readonly string[];
  readonly issues: Issue[];
  /** Whether every file of the chain could be read. */
  readonly whole: boolean;
}

/**
 * Reads a file and those that it extends, and lays them over each other.
 * @param read how a file is read: another way than from the disk shows what a change would mean
 */
export function readChain(file: string, read: ReadTree = readTree): Chain {
  const files: string[] = [];
  const trees: MapTree[] = [];
  const issues: Issue[] = [];
  let whole = true;
  let shown: string | undefined = file;
  while (shown !== undefined) {
    files.push(shown);
    const found = read(shown, shown);
    issues.push(...found.issues);
    if (!found.tree) {
      whole = false;
      break;
    }
    trees.push(found.tree);
    const next = parentOf(found.tree, shown, files, trees);
    if (next.issue) issues.push(next.issue);
    if (next.broken) whole = false;
    shown = next.file;
  }
  const [entry, ...parents] = trees;
  if (!entry) return { files, issues, whole };
  // From the farthest one on, so that each file is laid over all that it extends.
  const base = parents
    .reverse()
    .reduce<MapTree | undefined>(
      (below, over) => (below ? mergeTrees(below, over, stackSchema) : over),
      undefined,
    );
  const tree = base ? mergeTrees(withoutExtends(base), entry, stackSchema) : entry;
  return { tree: withoutRemoved(tree), files, issues, whole };
}

/** The file of the same folder that `extends` names. Its form (a name) is the schema's to report. */
function parentOf(
  tree: MapTree,
  shown: string,
  files: readonly string[],
  trees: readonly MapTree[],
): { file?: string; issue?: Issue; broken?: boolean } {
  const value = treeAt(tree, ['extends']);
  if (!value || isNull(value)) return {};
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return { broken: true };
  const name = value.value;
  const folder = dirname(shown);
  const refuse = (message: string) => ({
    issue: issueAt(value.place, 'extends', message, 'extends'),
    broken: true,
  });
  if (/[\\/]/.test(name)) {
    return refuse(
      `the name of a file in the same folder, got ${printable(name)}; leave the folder off`,
    );
  }
  if (/\.ya?ml$/.test(name)) {
    return refuse(`a name without .yaml; write ${printable(name.replace(/\.ya?ml$/, ''))}`);
  }
  // The schema says what a name looks like.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return { broken: true };
  const file = join(folder, `${name}.yaml`);
  const parent = folder === '.' && shown.startsWith('./') ? `./${file}` : file;
  const known = files.findIndex((earlier) => resolvePath(earlier) === resolvePath(parent));
  if (known >= 0) {
    // Reported where the cycle begins, which is the file itself when it is part of it.
    const names = [...files.slice(known), parent].map(stackName);
    const start = trees[known] as MapTree;
    const message = `a cycle: ${names.join(' -> ')}; take one of these extends away`;
    return {
      issue: issueAt(placeAt(start, ['extends']), 'extends', message, 'extends'),
      broken: true,
    };
  }
  if (!isStackFileName(`${name}.yaml`) || !existsSync(parent)) {
    const others = siblings(folder).filter(
      (other) => !files.some((seen) => stackName(seen) === other),
    );
    const near = didYouMean(name, others);
    const list =
      others.length > 0 ? `; here are ${others.join(', ')}` : '; the folder holds no other';
    return refuse(`no stack file ${printable(`${name}.yaml`)} in this folder${near || list}`);
  }
  return { file: parent };
}

/** Only the entry's `extends` is left to validate; each parent's was followed already. */
function withoutExtends(tree: MapTree): MapTree {
  const entries = new Map(tree.entries);
  entries.delete('extends');
  return { ...tree, entries };
}

/** Whether a file name in a stacks folder is a stack file: not Pulumi's own settings, not the image lock. */
export function isStackFileName(name: string): boolean {
  return /\.yaml$/.test(name) && !/^Pulumi(\..*)?\.yaml$/.test(name) && !/\.lock\.yaml$/.test(name);
}

/**
 * Names of the files that others of the folder extend, in no order. Read with a pattern, since a YAML
 * parser would cost more than all the rest; what cannot be read extends nothing.
 */
export function extendedNames(folder: string): ReadonlySet<string> {
  return new Set(siblings(folder).flatMap((name) => parentIn(join(folder, `${name}.yaml`)) ?? []));
}

/**
 * Names of a folder's stacks, sorted. A file that others extend and that extends none itself is what
 * they share, and no stack, unless Pulumi keeps settings of a stack of that name.
 */
export function stackNamesIn(folder: string): string[] {
  const extended = extendedNames(folder);
  return siblings(folder).filter(
    (name) =>
      !extended.has(name) ||
      parentIn(join(folder, `${name}.yaml`)) !== undefined ||
      existsSync(join(folder, `Pulumi.${name}.yaml`)),
  );
}

function parentIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return /^extends:[ \t]*(["']?)([^"'#\r\n]+?)\1[ \t]*(#.*)?$/m.exec(text)?.[2];
  } catch {
    return undefined;
  }
}

function stackName(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.ya?ml$/, '');
}

function siblings(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isStackFileName).map(stackName).sort();
  } catch {
    // A folder that cannot be listed has no suggestion to give.
    return [];
  }
}
