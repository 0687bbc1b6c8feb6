import type { PlacedProblem } from '../errors.ts';
import type { Path, Place } from './tree.ts';
import { formatPath } from './tree.ts';

/** One mistake (or, as a warning, one doubtful thing) in a stack file. */
export interface Issue {
  /** As shown: the path that was given, or that of the extended file next to it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Path in the stack file such as `backend.cpu`; `yaml` where the text is no YAML. */
  readonly path: string;
  /** What is allowed, what was found, and how to fix it; never a secret value. */
  readonly message: string;
  /** Stable name of the rule, for `--json` and `accept`. */
  readonly rule: string;
}

/** An issue as every failure of `--json` prints it: the name of the rule is its code. */
export function asProblem({ rule, ...issue }: Issue): PlacedProblem {
  return { code: rule, ...issue };
}

/** An issue at a place of a file. */
export function issueAt(place: Place, path: Path | string, message: string, rule: string): Issue {
  return {
    file: place.file,
    line: place.line,
    column: place.column,
    path: typeof path === 'string' ? path : formatPath(path),
    message,
    rule,
  };
}

/** `FILE:LINE:COLUMN PATH: message`, on one line. */
export function formatIssue(issue: Issue): string {
  const path = issue.path === '' ? '' : ` ${issue.path}:`;
  return `${issue.file}:${issue.line}:${issue.column}${path} ${issue.message}`;
}

/** One line an issue, in the order given. */
export function formatIssues(issues: readonly Issue[]): string {
  return issues.map(formatIssue).join('\n');
}

/** Sorts by file (in the order of the `extends` chain), then by place; drops exact repetitions. */
export function inFileOrder(issues: readonly Issue[], files: readonly string[]): Issue[] {
  const seen = new Set<string>();
  return issues
    .filter((issue) => {
      const line = formatIssue(issue);
      return seen.has(line) ? false : seen.add(line);
    })
    .sort(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
}
