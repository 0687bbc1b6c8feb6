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

/**
 * The target of a stack whose file need not be right otherwise: what was deployed has to go down and
 * to be looked at all the same. Throws UserError where there is no such file.
 */
export function targetOf(project: Project, name: string): StackFile['target'] {
  return targetOfFile(shown(stackFilePath(project, name)));
}
