import { readChain } from './extends.ts';
import { formatIssues, type Issue, inFileOrder, issueAt } from './issues.ts';
import type { Path } from './tree.ts';
import { formatPath, placeAt, treeAt } from './tree.ts';

/** Something about a value of a stack file that only the world around it shows: a file, a port, an image. */
export interface Problem {
  /** In the stack file; empty where it is about none of its values. */
  readonly path: Path;
  /** What was found, and how to mend it. */
  readonly message: string;
}

/**
 * One line a problem, in file order, with its place where the file, or one that it extends, writes the
 * value; after them those about defaults and about other things.
 */
export function formatProblems(file: string, problems: readonly Problem[]): string {
  if (problems.length === 0) return '';
  const { tree, files } = readChain(file);
  const issues: Issue[] = [];
  const others: string[] = [];
  for (const { path, message } of problems) {
    if (path.length > 0 && tree && treeAt(tree, path)) {
      issues.push(issueAt(placeAt(tree, path), path, message, 'outside'));
    } else {
      others.push(path.length > 0 ? `${formatPath(path)}: ${message}` : message);
    }
  }
  return [...formatLines(inFileOrder(issues, files)), ...others].join('\n');
}

function formatLines(issues: readonly Issue[]): string[] {
  return issues.length > 0 ? [formatIssues(issues)] : [];
}
