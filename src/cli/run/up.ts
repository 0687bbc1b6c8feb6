import type { StackFile } from '../../stack/stack-file.ts';
import { type Context, exitCodes, note, print, printJson, requireConsent } from '../context.ts';
import { type DeployOptions, type RefreshOptions, stackFlagText } from '../options.ts';
import { findProject } from '../project.ts';

import { loadOwnStack } from '../stack.ts';
import { openStack } from './open-stack.ts';
import { type Outcome, runOperation } from './operation.ts';
import { outcomeJson, printOutcome, urlOf } from './outcome.ts';
import { printChanges, summarize } from './progress.ts';

/** `up`: exit code 1 if anything failed. */
export async function upStack(
  context: Context,
  options: DeployOptions & RefreshOptions,
): Promise<number> {
  const outcome = await deployStack(context, options);
  if (!outcome) return exitCodes.ok;
  const url = urlOf(outcome);
  if (options.json) {
    printJson(context, { stack: options.stack, ...outcomeJson(outcome), url: url ?? null });
  } else {
    printOutcome(context, options.stack, outcome);
    if (outcome.ok) printNext(context, options.stack, url);
  }
  return outcome.ok ? exitCodes.ok : exitCodes.userError;
}

/** Creates or updates a stack; undefined if the user declined. A wrong stack file never reaches an engine. */
export async function deployStack(
  context: Context,
  options: DeployOptions & RefreshOptions,
  loaded?: StackFile,
): Promise<Outcome | undefined> {
  const project = findProject(context.cwd);
  const stackFile = loaded ?? loadOwnStack(context, project, options.stack);
  // Before minutes of work: whether it is allowed at all.
  requireConsent(context, 'up', options);
  const opened = await openStack(context, project, stackFile, options);
  const { workspace, stack, discardIfEmpty } = opened;
  try {
    if (!options.yes) {
      const outlook = await runOperation(context, workspace, stack, 'preview', options);
      if (!outlook.ok) return outlook;
      printChanges(context, outlook.changed);
      note(context, summarize(outlook.resources, 'would'));
      if (outlook.changed.length === 0) return outlook;
      if (!(await context.confirm(`Apply these changes to ${options.stack}?`))) return undefined;
    }
    return await runOperation(context, workspace, stack, 'up', options);
  } finally {
    // Refused, declined or stopped before anything was created.
    await discardIfEmpty();
  }
}

function printNext(context: Context, stack: string, url: string | undefined): void {
  const s = stackFlagText(stack);
  if (url) print(context, url);
  note(context, `next: medusa-infra status${s} · medusa-infra logs backend${s} --follow`);
}
