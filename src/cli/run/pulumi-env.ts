import { type Context, exitCodes, note, print } from '../context.ts';
import type { StackOptions } from '../options.ts';
import { findProject } from '../project.ts';
import { shellLine } from '../quote.ts';
import { loadOwnStack } from '../stack.ts';
import { openWorkspace } from './workspace.ts';

/**
 * `pulumi-env`: `export` lines after which plain `pulumi` works; only what differs from the environment.
 * Makes the stack where it is missing, so that `pulumi stack select` finds it.
 */
export async function printPulumiEnvironment(
  context: Context,
  options: StackOptions,
): Promise<number> {
  const project = findProject(context.cwd);
  const { target } = loadOwnStack(context, project, options.stack);
  const workspace = await openWorkspace(context, project, { ...options, target, resources: true });
  await workspace.select(options.stack, { create: true });
  for (const [name, value] of Object.entries(workspace.env)) {
    if (context.env[name] !== value) print(context, shellLine(name, value));
  }
  note(context, `${options.stack} is ready; next: pulumi up (in ${project.root})`);
  return exitCodes.ok;
}
