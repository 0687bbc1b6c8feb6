import type { z } from 'zod';
import { describeFound, mayBeSecret } from './found.ts';
import type { Issue } from './issues.ts';
import { issueAt } from './issues.ts';
import { toPlain } from './plain.ts';
import { objectsIn } from './schema-walk.ts';
import type { RawStack } from './sections/root.ts';
import { stackSchema } from './sections/root.ts';
import { didYouMean, nearest } from './suggest.ts';
import type { MapTree, Path } from './tree.ts';
import { keyPlaceAt, placeAt, printable, treeAt } from './tree.ts';

type ZodIssue = z.core.$ZodIssue;

export interface Validated {
  /** What is valid by itself, wrong values left out: rules can judge it although other parts are wrong. */
  readonly raw: RawStack;
  readonly issues: Issue[];
  /** Paths of the wrong values. */
  readonly broken: readonly Path[];
}

/**
 * Checks a merged tree against the schema, section by section. `whole`: every file of the chain could be
 * read, so that what is missing is missing.
 */
export function validateTree(tree: MapTree, whole: boolean): Validated {
  const broken: Path[] = [];
  const issues: Issue[] = [];
  // Each round takes the wrong values out; what they hid (a union that gave up early) shows in the next.
  for (let round = 0; round < 20; round++) {
    const plain = toPlain(tree, (path) => broken.some((known) => samePath(known, path)));
    const result = stackSchema.safeParse(plain);
    if (result.success) return { raw: plain as RawStack, issues, broken };
    const before = [...broken];
    for (const issue of misspeltFirst(flatten(result.error.issues))) {
      const path = realPath(issue.path as Path, before);
      const found = toIssues(issue, path, tree, broken, whole);
      issues.push(...found.issues);
      for (const wrong of found.paths)
        if (!broken.some((known) => samePath(known, wrong))) broken.push(wrong);
    }
    if (broken.length === before.length) break;
  }
  // A required key is missing: nothing can be taken out to fix it, so its section is.
  return { raw: withoutIncomplete(tree, broken), issues, broken };
}

function withoutIncomplete(tree: MapTree, broken: Path[]): RawStack {
  for (let round = 0; round < 20; round++) {
    const plain = toPlain(tree, (path) => broken.some((known) => samePath(known, path)));
    const raw = { ...(plain as RawStack), target: (plain as RawStack).target ?? 'docker' };
    const result = stackSchema.safeParse(raw);
    if (result.success) return raw;
    const before = [...broken];
    for (const issue of flatten(result.error.issues)) {
      const path = realPath(issue.path as Path, before);
      const parent = treeAt(tree, path) === undefined ? path.slice(0, -1) : path;
      const wrong = broken.some((known) => samePath(known, parent)) ? parent.slice(0, -1) : parent;
      if (wrong.length > 0) broken.push(wrong);
    }
  }
  return { target: 'docker' };
}

/** Zod's path counts list entries without the ones taken out; this counts them as in the file. */
function realPath(path: Path, broken: readonly Path[]): Path {
  const real: (string | number)[] = [];
  for (const step of path) {
    if (typeof step !== 'number') {
      real.push(step);
      continue;
    }
    let index = step;
    const gone = broken
      .filter(
        (known) => known.length === real.length + 1 && real.every((part, i) => part === known[i]),
      )
      .map((known) => known.at(-1))
      .filter((last): last is number => typeof last === 'number')
      .sort((a, b) => a - b);
    for (const position of gone) if (position <= index) index++;
    real.push(index);
  }
  return real;
}

/**
 * Replaces the issue of a union by those of the one alternative that was meant: the one that has the
 * right kind (map, list or scalar) and fails only inside.
 */
function flatten(issues: readonly ZodIssue[], at: Path = []): ZodIssue[] {
  return issues.flatMap((issue): ZodIssue[] => {
    const path = [...at, ...(issue.path as Path)];
    if (issue.code === 'invalid_union') {
      const meant = issue.errors
        .filter((option) =>
          option.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
        )
        .sort((a, b) => a.length - b.length)[0];
      if (meant && meant.length > 0) return flatten(meant, path);
    }
    return [{ ...issue, path: path as PropertyKey[] }];
  });
}

/** Unknown keys first: one of them may be the required key that then seems to be missing. */
function misspeltFirst(issues: readonly ZodIssue[]): ZodIssue[] {
  const unknown = (issue: ZodIssue) => issue.code === 'unrecognized_keys';
  return [...issues.filter(unknown), ...issues.filter((issue) => !unknown(issue))];
}

/** The issues to show for one of zod's, and the values to leave out. */
function toIssues(
  issue: ZodIssue,
  path: Path,
  tree: MapTree,
  broken: readonly Path[],
  whole: boolean,
): { issues: Issue[]; paths: Path[] } {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    const paths = issue.keys.map((key) => [...path, key]);
    return { issues: issue.keys.map((key) => unknownKey(key, known, path, tree)), paths };
  }
  const found = treeAt(tree, path);
  if (issue.code === 'invalid_key') {
    const place = keyPlaceAt(tree, path);
    const message = `${issue.message}; rename ${printable(String(path.at(-1)))}`;
    return { issues: [issueAt(place, path, message, 'key-name')], paths: [path] };
  }
  if (found === undefined) {
    // It may stand in a file that could not be read. Taken out in an earlier round: its own issue is
    // there already. Misspelt: so is its name's.
    if (!whole) return { issues: [], paths: [] };
    if (broken.some((known) => samePath(known, path)) || isMisspelt(path, tree, broken)) {
      return { issues: [], paths: [] };
    }
    const message = `required, but missing: ${issue.message}`;
    return { issues: [issueAt(placeAt(tree, path), path, message, 'required')], paths: [] };
  }
  const message = `${issue.message}, got ${describeFound(found, path)}${hint(issue, path, tree)}`;
  return { issues: [issueAt(placeAt(tree, path), path, message, 'schema')], paths: [path] };
}

function unknownKey(key: string, known: readonly string[], path: Path, tree: MapTree): Issue {
  const near = nearest(key, known);
  // `jwt: { hunter2 }` is a map with the key hunter2.
  const mayHide = path[0] === 'secrets' && near === undefined;
  const name = mayHide ? 'unknown key' : `unknown key ${printable(key)}`;
  const home = near === undefined && path.length < 2 ? homeOf(key) : undefined;
  const otherKind = home !== undefined && home.split('.')[0] === path[0];
  const fix = near
    ? `did you mean ${printable(near)}?`
    : home && !otherKind
      ? `did you mean ${home}?`
      : `${otherKind ? `not with this type of ${path[0]}; ` : ''}known here: ${known.join(', ')}`;
  const place = keyPlaceAt(tree, [...path, key]);
  // The root has no name, so that the key itself says where.
  return issueAt(place, path.length === 0 ? [key] : path, `${name}; ${fix}`, 'unknown-key');
}

/** `section.key` for a key that stands at the root or in the wrong section; undefined when none is near. */
function homeOf(key: string): string | undefined {
  const homes = Object.entries(stackSchema.shape as Record<string, z.ZodType>).flatMap(
    ([section, schema]) =>
      objectsIn(schema).flatMap(({ shape }) =>
        Object.keys(shape).map((name) => ({ section, name })),
      ),
  );
  const near = nearest(
    key,
    homes.map(({ name }) => name),
  );
  const sections = new Set(homes.filter(({ name }) => name === near).map(({ section }) => section));
  return near !== undefined && sections.size === 1 ? `${[...sections][0]}.${near}` : undefined;
}

/** Whether a missing key is there under a wrong name, which has its own issue. */
function isMisspelt(path: Path, tree: MapTree, broken: readonly Path[]): boolean {
  const parent = treeAt(tree, path.slice(0, -1));
  if (parent?.kind !== 'map') return false;
  const wanted = String(path.at(-1));
  return [...parent.entries.keys()].some(
    (key) =>
      broken.some((known) => samePath(known, [...path.slice(0, -1), key])) &&
      nearest(key, [wanted]) !== undefined,
  );
}

function hint(issue: ZodIssue, path: Path, tree: MapTree): string {
  const found = treeAt(tree, path);
  if (found?.kind !== 'scalar' || found.value === null) return '';
  if (issue.code === 'invalid_value' && typeof found.value === 'string') {
    return mayBeSecret(path, found.text) ? '' : didYouMean(found.value, issue.values.map(String));
  }
  if (issue.code === 'invalid_union' && issue.discriminator && typeof found.value === 'string') {
    return didYouMean(found.value, issue.message.split(' or '));
  }
  if (issue.code === 'invalid_type' && typeof found.value === 'string') {
    const number = issue.expected === 'number' || issue.expected === 'int';
    if (number && /^\d+$/.test(found.value)) return '; leave the quotes off';
  }
  return typeof found.value === 'string' && takesBoolean(issue) ? booleanHint(found.value) : '';
}

function takesBoolean(issue: ZodIssue): boolean {
  if (issue.code === 'invalid_union') return issue.errors.flat().some(takesBoolean);
  return issue.code === 'invalid_type' && issue.expected === 'boolean';
}

/** What YAML 1.1, or quotes, made of a boolean. */
function booleanHint(written: string): string {
  if (/^(true|false)$/.test(written)) return '; leave the quotes off';
  if (/^(yes|on|y)$/i.test(written)) return '; write true';
  return /^(no|off|n)$/i.test(written) ? '; write false' : '';
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** Whether one path is the other or leads to it. */
export function touches(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  return samePath(a.slice(0, length), b.slice(0, length));
}
