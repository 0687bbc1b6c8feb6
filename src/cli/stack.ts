import { UserError } from '../errors.ts';
import { stackNamesIn } from '../stack/extends.ts';
import { formatIssue } from '../stack/issues.ts';
import { requireStackFile, targetOfFile } from '../stack/load.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { type Context, note } from './context.ts';
import { type Project, shown, stackFilePath } from './project.ts';

/** Loads and validates the file of a stack; prints its warnings. Throws UserError with every issue. */
export function loadStack(context: Context, project: Project, name: string): StackFile {
  const file = stackFilePath(project, name);
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
 * The target of a stack whose file need not be right otherwise: what was deployed has to go down and
 * to be looked at all the same. Throws UserError where there is no such file.
 */
export function targetOf(project: Project, name: string): StackFile['target'] {
  return targetOfFile(shown(stackFilePath(project, name)));
}
