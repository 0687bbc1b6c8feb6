import type { Context } from '../context.ts';
import type { StackOptions } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject } from '../project.ts';
import { loadStack } from '../stack.ts';

/** `status`: exit code 1 if something that should run does not, or if the stack does not answer. */
export async function showStatus(context: Context, options: StackOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const { plan } = await planOf(project, options.stack, stack);
  return plan.target === 'aws'
    ? (await import('./aws/status.ts')).awsStatus(context, project, plan, stack, options)
    : (await import('./docker/status.ts')).dockerStatus(context, project, plan, stack, options);
}
