import type { StackFile } from '../../stack/stack-file.ts';
import type { Context } from '../context.ts';
import { recoverOnAws } from './aws/recover.ts';
import { recoverOnDocker } from './docker/recover.ts';
import { freeStaleLock } from './free-lock.ts';
import type { PulumiStack } from './pulumi-stack.ts';
import { backendFolder } from './state.ts';
import type { Workspace } from './workspace.ts';

export interface RecoverOptions {
  readonly next: 'up' | 'destroy';
  readonly target: StackFile['target'];
  /** What the next run deploys. */
  readonly stackFile?: StackFile;
}

/**
 * A run that was killed leaves its lock, and operations of which nobody knows whether they finished. Frees
 * the lock and puts the state in order.
 * @throws StackLockedError while another run is in progress
 */
export async function recoverKilledRun(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
  { next, target, stackFile }: RecoverOptions,
): Promise<void> {
  // Whether another run is in progress shows only with the state on this disk; with any other backend Pulumi
  // warns about what is pending, and continues.
  if (!backendFolder(workspace.state.backend, context.env)) return;
  if (target === 'docker') {
    return recoverOnDocker(context, workspace, stack, next, stackFile?.environment);
  }
  await freeStaleLock(context, workspace, stack);
  return recoverOnAws(context, workspace, stack, stackFile);
}
