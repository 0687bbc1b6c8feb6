import { type Context, exitCodes, print, printJson } from '../context.ts';
import type { StackOptions } from '../options.ts';
import { findProject } from '../project.ts';
import { loadStack } from '../stack.ts';
import { planOf } from './plan-of.ts';
import { planText } from './text.ts';

/** `plan`: prints what is derived from the stack file. */
export async function printPlan(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const { plan: derived, chosen } = await planOf(project, options.stack, stack);
  if (options.json) {
    printJson(context, chosen ? derived : { ...derived, images: null });
  } else {
    for (const line of planText(derived, stack, chosen, context.color.stdout)) print(context, line);
  }
  return exitCodes.ok;
}
