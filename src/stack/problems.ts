import { type PlacedProblem, type Problem, UserError } from '../errors.ts';
import { readChain } from './extends.ts';
import { asProblem, formatIssue, type Issue, inFileOrder, issueAt } from './issues.ts';
import { formatPath, placeAt, treeAt } from './tree.ts';

/** A problem that ends what finds it; whoever checks several things catches it and reports all of them. */
export class ProblemError extends UserError {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem), problem.code);
    this.problem = problem;
  }
}

/**
 * Refuses what has problems. The error lists them one a line, in file order, each with its place where the
 * file, or one that it extends, writes the value; after them those about defaults and about other things.
 * @throws UserError if there is a problem
 */
export function requireNoProblems(file: string, problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  const { tree, files } = readChain(file);
  const issues: Issue[] = [];
  const others: Problem[] = [];
  for (const problem of problems) {
    const { path = [], message, code } = problem;
    if (path.length > 0 && tree && treeAt(tree, path)) {
      issues.push(issueAt(placeAt(tree, path), path, message, code));
    } else {
      others.push(problem);
    }
  }
  const placed = inFileOrder(issues, files);
  throw new UserError(
    [...placed.map(formatIssue), ...others.map(formatProblem)].join('\n'),
    first.code,
    [...placed.map(asProblem), ...others.map(unplaced)],
  );
}

/** A problem as `--json` prints it, without a place in a file. */
export function unplaced({ path = [], message, code }: Problem): PlacedProblem {
  return { code, ...(path.length > 0 ? { path: formatPath(path) } : {}), message };
}

/** `PATH: message`, without a place in a file. */
export function formatProblem({ path = [], message }: Problem): string {
  return path.length > 0 ? `${formatPath(path)}: ${message}` : message;
}
