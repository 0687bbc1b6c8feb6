import { UserError } from '../../errors.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import type { Context } from '../context.ts';
import type { StackOptions } from '../options.ts';
import type { Project } from '../project.ts';
import { localState } from '../run/local-state.ts';
import { outputsOf, plainValue, type State } from '../run/stack-state.ts';

/**
 * The backend's variables with their secrets, from the stack's secret output.
 * @throws UserError if the stack is not up
 */
export async function backendEnvironment(
  context: Context,
  project: Project,
  stackFile: StackFile,
  options: StackOptions,
): Promise<Record<string, string>> {
  const state =
    (await localState(context, project, options.stack)) ??
    (await stateByPulumi(context, project, stackFile, options));
  return environmentOutput(outputsOf(state), options.stack);
}

async function stateByPulumi(
  context: Context,
  project: Project,
  { target }: StackFile,
  options: StackOptions,
): Promise<State> {
  const { openWorkspace } = await import('../run/workspace.ts');
  const workspace = await openWorkspace(context, project, { ...options, target });
  return (await workspace.select(options.stack, { create: false })).state();
}

function environmentOutput(
  outputs: Readonly<Record<string, unknown>>,
  stack: string,
): Record<string, string> {
  const value = plainValue(outputs['environment']);
  if (value === null || typeof value !== 'object') {
    throw new UserError(
      `${stack} is not up, so it has no environment; run: medusa-infra up -s ${stack}`,
      'stack-not-up',
    );
  }
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
