import { UserError } from '../errors.ts';
import { stackNamesIn } from '../stack/extends.ts';
import { formatIssue } from '../stack/issues.ts';
import { requireStackFile, targetOfFile } from '../stack/load.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { type Context, note } from './context.ts';
import { type Project, shown, stackFilePath } from './project.ts';
import { deployedTarget } from './run/deployed-target.ts';

/** Loads and validates the file of a stack; prints its warnings. Throws UserError with every issue. */
export function loadStack(context: Context, project: Project, name: string): StackFile {
  const file = fileOfStack(context, project, name);
  const { stack, warnings } = requireStackFile(shown(file));
  for (const warning of warnings) {
    note(context, context.color.stderr.yellow(`warning: ${formatIssue(warning)}`));
  }
  return stack;
}

/** The same for a command that creates the stack: not from a file that others extend, which is what they share. */
export function loadOwnStack(context: Context, project: Project, name: string): StackFile {
  const stack = loadStack(context, project, name);
  const names = stackNamesIn(project.stacksDir);
  if (names.includes(name)) return stack;
  throw new UserError(
    `${name}: other stack files extend ${shown(stackFilePath(project, name))}, so it is what they share and no stack itself; name one of ${names.join(', ')}, or add a file with "extends: ${name}" alone`,
    'stack-file-shared',
  );
}

/**
 * The target of a stack whose file need not be right otherwise, nor be there: what was deployed has to go down and
 * to be looked at all the same. Throws UserError where there is neither a file nor a deployed stack.
 */
export function targetOf(context: Context, project: Project, name: string): StackFile['target'] {
  let file: string;
  try {
    file = stackFilePath(project, name);
  } catch (error) {
    const target = isMissing(error) ? deployedTarget(context, project, name) : undefined;
    if (!target) throw error;
    note(context, `${name}: its stack file is missing; going by its state`);
    return target;
  }
  return targetOfFile(shown(file));
}

/** The stack file of `name`; where it is missing, the error says whether the stack is deployed. */
function fileOfStack(context: Context, project: Project, name: string): string {
  try {
    return stackFilePath(project, name);
  } catch (error) {
    if (!isMissing(error) || !deployedTarget(context, project, name)) throw error;
    throw new UserError(
      `${error.message}; ${name} is deployed: put its file back under this name, or remove it: medusa-infra destroy -s ${name}`,
      error.code,
    );
  }
}

function isMissing(error: unknown): error is UserError {
  return error instanceof UserError && error.code === 'stack-file-missing';
}
