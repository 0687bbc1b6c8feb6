import { type PlacedProblem, type Problem, UserError } from '../errors.ts';
import { readChain } from './extends.ts';
import { formatIssues, type Issue, inFileOrder, issueAt } from './issues.ts';
import { formatPath, placeAt, treeAt } from './tree.ts';

/** A problem that ends what finds it; whoever checks several things catches it and reports all of them. */
export class ProblemError extends UserError {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem), problem.code);
    this.problem = problem;
  }
}

/** @throws UserError that lists all problems, if there are any */
export function requireNoProblems(file: string, problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  throw new UserError(formatProblems(file, problems), first.code, placeProblems(file, problems));
}

/**
 * One line a problem, in file order, with its place where the file, or one that it extends, writes the
 * value; after them those about defaults and about other things.
 */
export function formatProblems(file: string, problems: readonly Problem[]): string {
  const { placed, others } = sortProblems(file, problems);
  return [...formatLines(placed), ...others.map(formatProblem)].join('\n');
}

/** The problems as `--json` prints them, in the same order. */
export function placeProblems(file: string, problems: readonly Problem[]): PlacedProblem[] {
  const { placed, others } = sortProblems(file, problems);
  return [...placed.map(({ rule: _, ...issue }) => issue), ...others.map(unplaced)];
}

function sortProblems(
  file: string,
  problems: readonly Problem[],
): { readonly placed: readonly Issue[]; readonly others: readonly Problem[] } {
  if (problems.length === 0) return { placed: [], others: [] };
  const { tree, files } = readChain(file);
  const placed: Issue[] = [];
  const others: Problem[] = [];
  for (const problem of problems) {
    const { path = [], message, code } = problem;
    if (path.length > 0 && tree && treeAt(tree, path)) {
      placed.push(issueAt(placeAt(tree, path), path, message, code));
    } else {
      others.push(problem);
    }
  }
  return { placed: inFileOrder(placed, files), others };
}

/** A problem as `--json` prints it, without a place in a file. */
export function unplaced({ path = [], message, code }: Problem): PlacedProblem {
  return { code, ...(path.length > 0 ? { path: formatPath(path) } : {}), message };
}

/** `PATH: message`, without a place in a file. */
export function formatProblem({ path = [], message }: Problem): string {
  return path.length > 0 ? `${formatPath(path)}: ${message}` : message;
}

function formatLines(issues: readonly Issue[]): string[] {
  return issues.length > 0 ? [formatIssues(issues)] : [];
}
