import { type Context, exitCodes, print, printJson } from '../context.ts';
import type { StackOptions } from '../options.ts';
import { planOf } from '../plan/plan-of.ts';
import { findProject } from '../project.ts';
import { dotenvLine, shellLine } from '../quote.ts';
import { loadStack } from '../stack.ts';
import { backendEnvironment } from './backend-environment.ts';

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
  const values = await backendEnvironment(context, project, stackFile, options);
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
