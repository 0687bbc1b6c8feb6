import { dirname, resolve as resolvePath } from 'node:path';
import { UserError } from '../errors.ts';
import { readChain } from './extends.ts';
import type { Issue } from './issues.ts';
import { asProblem, formatIssues, inFileOrder } from './issues.ts';
import type { ReadTree } from './read.ts';
import { resolveStack } from './resolve.ts';
import { applyRules } from './rules/index.ts';
import type { StackFile } from './stack-file.ts';
import { repeatedPaths } from './tree.ts';
import { validateTree } from './validate.ts';

export interface LoadResult {
  /** As given. */
  readonly file: string;
  /** Only when there is no issue. */
  readonly stack?: StackFile;
  /** Mistakes, in file order: the file itself, then the files that it extends. */
  readonly issues: readonly Issue[];
  /** Doubtful things, in the same order; they refuse nothing. */
  readonly warnings: readonly Issue[];
  /** What a right file means and does not say itself; `check` shows it. Empty where there are issues. */
  readonly notes: readonly Issue[];
}

/** The target that a stack file names, whatever else is wrong with it. @default docker */
export function targetOfFile(file: string): StackFile['target'] {
  const { tree, whole } = readChain(file);
  if (!tree) return 'docker';
  return resolveStack(validateTree(tree, whole).raw, dirname(resolvePath(file))).target;
}

/**
 * Loads a stack file: reads the `extends` chain, validates it, applies all rules and fills in defaults.
 * Every mistake is reported at once; none is thrown. Looks at these files alone: not at folders,
 * images, the engine or secrets.
 */
export function loadStackFile(file: string, read?: ReadTree): LoadResult {
  const chain = readChain(file, read);
  if (!chain.tree) {
    const issues = inFileOrder(chain.issues, chain.files);
    return { file, issues, warnings: [], notes: [] };
  }
  const validated = validateTree(chain.tree, chain.whole);
  const stack = resolveStack(validated.raw, dirname(resolvePath(file)));
  const judged = applyRules({
    stack,
    raw: validated.raw,
    tree: chain.tree,
    broken: [...validated.broken, ...repeatedPaths(chain.tree)],
    whole: chain.whole,
  });
  const reported = chain.issues.some(({ path }) => path === 'extends');
  const issues = inFileOrder(
    [
      ...chain.issues,
      // The chain says more about a wrong `extends` than the schema can.
      ...validated.issues.filter(({ path }) => path !== 'extends' || !reported),
      ...judged.issues,
    ],
    chain.files,
  );
  const warnings = inFileOrder(judged.warnings, chain.files);
  if (issues.length > 0) return { file, issues, warnings, notes: [] };
  // About the stack of this file, wherever what decides it is written.
  const notes = judged.notes.map((note) =>
    note.file === chain.files[0]
      ? note
      : { ...note, file: chain.files[0] ?? file, line: 1, column: 1 },
  );
  // A rule for each of the two reports what a target requires and the file lacks.
  return {
    file,
    stack: stack as StackFile,
    issues,
    warnings,
    notes: inFileOrder(notes, chain.files),
  };
}

/** Like `loadStackFile`, but throws a UserError with all issues, one a line. */
export function requireStackFile(file: string): { stack: StackFile; warnings: readonly Issue[] } {
  const { stack, issues, warnings } = loadStackFile(file);
  if (!stack) {
    throw new UserError(formatIssues(issues), 'stack-file-invalid', issues.map(asProblem));
  }
  return { stack, warnings };
}
