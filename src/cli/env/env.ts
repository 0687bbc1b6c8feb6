import { UserError } from '../../errors.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, print, printJson } from '../context.ts';
import type { StackOptions } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject, type Project } from '../project.ts';
import { dotenvLine, shellLine } from '../quote.ts';
import { localState } from '../run/local-state.ts';
import { outputsOf, plainValue, type State } from '../run/stack-state.ts';
import { loadStack } from '../stack.ts';

export interface EnvOptions extends StackOptions {
  readonly format: 'dotenv' | 'json' | 'shell';
  readonly showSecrets?: boolean;
}

/** Printed in place of a secret's value. */
const mask = '***';

/** `env`: the backend's variables, from the stack's secret output. */
export async function printEnvironment(context: Context, options: EnvOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stackFile = loadStack(context, project, options.stack);
  const { plan } = await planOf(project, options.stack, stackFile);
  // Masks everything that is not known to be harmless, including variables that the file no longer names.
  const harmless = new Set(
    plan.backend.environment.filter(({ secret }) => !secret).map(({ name }) => name),
  );
  const state =
    (await localState(context, project, options.stack)) ??
    (await stateByPulumi(context, project, stackFile, options));
  const values = environmentOutput(outputsOf(state), options.stack);
  const shown = Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]): [string, string] => [
      name,
      options.showSecrets || harmless.has(name) ? value : mask,
    ]);
  if (options.format === 'json') {
    printJson(context, Object.fromEntries(shown));
  } else {
    const line = options.format === 'shell' ? shellLine : dotenvLine;
    for (const [name, value] of shown) print(context, line(name, value));
  }
  return exitCodes.ok;
}

async function stateByPulumi(
  context: Context,
  project: Project,
  { target }: StackFile,
  options: EnvOptions,
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
