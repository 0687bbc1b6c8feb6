import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.ts';
import { EditRefused, editSecret, type SecretEdit } from './edit-secret.ts';
import { isStackFileName, readChain } from './extends.ts';
import { formatIssues } from './issues.ts';
import { loadStackFile, requireStackFile } from './load.ts';
import { parseTree, type ReadTree, readTree } from './read.ts';
import type { SecretSpec, StackFile } from './stack-file.ts';
import { isNull, isSetAt, treeAt } from './tree.ts';

/** What a secret's entry is to say. */
export interface SecretChange extends SecretEdit {
  readonly name: string;
  /** Only in the stack's own file: what it says is true of this stack alone. @default false */
  readonly ownFile?: boolean;
}

/** One file before and after. */
export interface FileEdit {
  /** As shown: next to the stack's own file, and named in the same way. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** Other stacks, by name, that say the same from now on because they extend this file. */
  readonly alsoIn: readonly string[];
}

/**
 * The edits that make a stack's file say these things, and nothing else; nothing is written. A version
 * is changed where it is declared, which may be a file that this one extends; in the stack's own file
 * where no file declares it. Read back through the loader before they are given away: for this stack,
 * and for every other one that extends a changed file.
 * @throws UserError where an edit would change something else too
 */
export function changeSecrets(
  stackFile: string,
  changes: readonly SecretChange[],
): readonly FileEdit[] {
  const before = requireStackFile(stackFile).stack;
  const { files } = readChain(stackFile);
  const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const edited = new Map(texts);
  for (const change of changes) {
    for (const { file, edit } of placesOf(change, files)) {
      edited.set(file, apply(edited.get(file) ?? '', file, change.name, edit));
    }
  }
  const read = readerOf(edited);
  const after = loadStackFile(stackFile, read);
  if (!after.stack) throw unsafe(stackFile, changes, formatIssues(after.issues));
  const strange = difference(expected(before, changes), after.stack);
  if (strange) throw unsafe(stackFile, changes, `${strange} would change as well`);
  const changedFiles = files.filter((file) => edited.get(file) !== texts.get(file));
  const others = changedFiles.length > 0 ? othersThatChange(stackFile, changes, read) : [];
  return changedFiles.map((file) => ({
    file,
    before: texts.get(file) ?? '',
    after: edited.get(file) ?? '',
    alsoIn: others
      .filter(({ extended }) => extended.has(resolvePath(file)))
      .map(({ name }) => name),
  }));
}

interface Place {
  readonly file: string;
  readonly edit: SecretEdit;
}

function placesOf(change: SecretChange, files: readonly string[]): Place[] {
  const { name, version, since } = change;
  const own = files[0] as string;
  const at = (key: string) => (change.ownFile ? 0 : declaredIn(files, name, key));
  const versionAt = version === undefined ? undefined : (at('version') ?? 0);
  // What stands nearer to the stack wins, so a date there is the one to change.
  const sinceAt = Math.min(at('since') ?? files.length, versionAt ?? 0);
  return [
    ...(versionAt === undefined ? [] : [{ file: files[versionAt] ?? own, edit: { version } }]),
    ...(since === undefined ? [] : [{ file: files[sinceAt] ?? own, edit: { since } }]),
  ];
}

/** Index of the nearest file that says something at `secrets.<name>.<key>`. */
function declaredIn(files: readonly string[], name: string, key: string): number | undefined {
  for (const [index, file] of files.entries()) {
    const { tree } = readTree(file, file);
    if (isSetAt(tree, ['secrets', name, key])) return index;
    // A null takes away what the files below say.
    if (isNull(treeAt(tree, ['secrets'])) || isNull(treeAt(tree, ['secrets', name])))
      return undefined;
  }
  return undefined;
}

function apply(text: string, file: string, name: string, edit: SecretEdit): string {
  try {
    return editSecret(text, name, edit);
  } catch (error) {
    if (!(error instanceof EditRefused)) throw error;
    throw unsafe(file, [{ name, ...edit }], error.message);
  }
}

function unsafe(file: string, changes: readonly SecretChange[], why: string): UserError {
  const lines = changes.map(({ name, version, since }) => {
    const says = [
      ...(version === undefined ? [] : [`version: ${version}`]),
      ...(since === undefined ? [] : [`since: ${since}`]),
    ];
    return `  secrets.${name}: { ${says.join(', ')} }`;
  });
  return new UserError(
    `${file} cannot be edited without touching something else, so nothing was written: ${why}\nwrite this by hand, and run \`up\`:\n${lines.join('\n')}`,
    'stack-file-not-editable',
  );
}

function readerOf(texts: ReadonlyMap<string, string>): ReadTree {
  const byPath = new Map([...texts].map(([file, text]) => [resolvePath(file), text]));
  return (file, shown) => {
    const text = byPath.get(resolvePath(file));
    return text === undefined
      ? readTree(file, shown)
      : parseTree(text.replace(/^\uFEFF/, ''), shown);
  };
}

function expected(stack: StackFile, changes: readonly SecretChange[]): StackFile {
  const secrets: Record<string, SecretSpec> = { ...stack.secrets };
  for (const { name, version, since } of changes) {
    const spec = secrets[name];
    if (!spec) throw new Error(`secret ${name} is not declared`);
    secrets[name] = {
      ...spec,
      ...(version === undefined ? {} : { version }),
      ...(since === undefined ? {} : { since }),
    } as SecretSpec;
  }
  return { ...stack, secrets };
}

/** Path of the first thing that is not as expected. */
function difference(wanted: unknown, found: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(wanted, found)) return undefined;
  if (!isMap(wanted) || !isMap(found)) return path;
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  for (const key of keys) {
    const inner = path === '' ? key : `${path}.${key}`;
    const at = difference(wanted[key], found[key], inner);
    if (at) return at;
  }
  // The same keys in another order.
  return undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

interface OtherStack {
  readonly name: string;
  /** Absolute paths of the files that it extends. */
  readonly extended: ReadonlySet<string>;
}

/** The other stacks of the folder that mean something else with the edits: these secrets, nothing more. */
function othersThatChange(
  stackFile: string,
  changes: readonly SecretChange[],
  read: ReadTree,
): OtherStack[] {
  const folder = dirname(stackFile);
  const names = readdirSync(folder).filter(
    (name) => isStackFileName(name) && name !== basename(stackFile),
  );
  return names.sort().flatMap((name): OtherStack[] => {
    const file = join(folder, name);
    const before = loadStackFile(file).stack;
    if (!before) return [];
    const after = loadStackFile(file, read);
    if (!after.stack) throw unsafe(file, changes, formatIssues(after.issues));
    if (isDeepStrictEqual(before, after.stack)) return [];
    const mine = Object.fromEntries(
      changes.flatMap((change) => {
        const spec = after.stack?.secrets[change.name];
        return spec ? [[change.name, spec]] : [];
      }),
    );
    const strange = difference({ ...before, secrets: { ...before.secrets, ...mine } }, after.stack);
    if (strange) throw unsafe(file, changes, `${strange} would change as well`);
    const extended = new Set(
      readChain(file)
        .files.slice(1)
        .map((each) => resolvePath(each)),
    );
    return [{ name: name.replace(/\.yaml$/, ''), extended }];
  });
}
