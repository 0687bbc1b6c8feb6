import { type Context, exitCodes, note, printJson } from '../context.ts';
import type { RefreshOptions, StackOptions } from '../options.ts';
import { findProject } from '../project.ts';
import { loadOwnStack } from '../stack.ts';
import { checkBefore } from './check-before.ts';
import { openOrCreate } from './new-stack.ts';
import { runOperation } from './operation.ts';
import { outcomeJson, printErrors } from './outcome.ts';
import { printChanges, summarize } from './progress.ts';
import { openWorkspace } from './workspace.ts';

export interface PreviewOptions extends StackOptions, RefreshOptions {
  readonly expectNoChanges?: boolean;
}

/** `preview`: exit code 1 if it failed, or if something would change and nothing was expected to. */
export async function previewStack(context: Context, options: PreviewOptions): Promise<number> {
  const project = findProject(context.cwd);
  const stackFile = loadOwnStack(context, project, options.stack);
  await checkBefore(context, project, stackFile, options);
  const { target } = stackFile;
  const workspace = await openWorkspace(context, project, { ...options, target, resources: true });
  const { stack, discardIfEmpty } = await openOrCreate(workspace, options.stack);
  const outcome = await runOperation(context, workspace, stack, 'preview', options).finally(
    discardIfEmpty,
  );
  if (options.json) {
    printJson(context, { stack: options.stack, ...outcomeJson(outcome) });
  } else if (outcome.ok) {
    printChanges(context, outcome.changed);
    note(context, summarize(outcome.resources, 'would'));
  } else {
    printErrors(context, options.stack, outcome);
  }
  if (!outcome.ok) return exitCodes.userError;
  if (options.expectNoChanges && outcome.changed.length > 0) {
    const { red } = context.color.stderr;
    note(
      context,
      red(`${options.stack} differs from its stack file; run: medusa-infra up -s ${options.stack}`),
    );
    return exitCodes.userError;
  }
  return exitCodes.ok;
}
