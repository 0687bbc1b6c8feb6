import { type Problem, UserError } from '../errors.ts';
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
  if (first) throw new UserError(formatProblems(file, problems), first.code);
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
  for (const problem of problems) {
    const { path = [], message } = problem;
    if (path.length > 0 && tree && treeAt(tree, path)) {
      issues.push(issueAt(placeAt(tree, path), path, message, problem.code));
    } else {
      others.push(formatProblem(problem));
    }
  }
  return [...formatLines(inFileOrder(issues, files)), ...others].join('\n');
}

/** `PATH: message`, without a place in a file. */
export function formatProblem({ path = [], message }: Problem): string {
  return path.length > 0 ? `${formatPath(path)}: ${message}` : message;
}

function formatLines(issues: readonly Issue[]): string[] {
  return issues.length > 0 ? [formatIssues(issues)] : [];
}
