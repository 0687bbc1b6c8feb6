import { refuseUnbuilt } from '../derive/refuse-unbuilt.ts';
import { formatIssue } from '../stack/issues.ts';
import { requireStackFile } from '../stack/load.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { type Context, note } from './context.ts';
import { type Project, shown, stackFilePath } from './project.ts';

/** As `loadStack`, for what is about to be brought up: throws UserError too where that is not built yet. */
export function loadDeployable(context: Context, project: Project, name: string): StackFile {
  const stack = loadStack(context, project, name);
  refuseUnbuilt(stack, name);
  return stack;
}

/** Loads and validates the file of a stack; prints its warnings. Throws UserError with every issue. */
export function loadStack(context: Context, project: Project, name: string): StackFile {
  const file = stackFilePath(project, name);
  const { stack, warnings } = requireStackFile(shown(file));
  for (const warning of warnings) {
    note(context, context.color.stderr.yellow(`warning: ${formatIssue(warning)}`));
  }
  return stack;
}
