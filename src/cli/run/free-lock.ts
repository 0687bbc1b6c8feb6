import { UserError } from '../../errors.ts';
import { type Context, note } from '../context.ts';
import { aliveLock, describeLock, readLocks } from './locks.ts';
import type { PulumiStack } from './pulumi-stack.ts';
import { backendFolder } from './state.ts';
import type { Workspace } from './workspace.ts';

/** A stack that another run holds. */
export class StackLockedError extends UserError {
  override readonly name: string = 'StackLockedError';
  constructor(stack: string, holder?: string) {
    super(
      `${stack} is locked by another update${holder ? ` (${holder})` : ''}; wait, or if that update was killed, run: medusa-infra cancel -s ${stack}`,
      'state-locked',
    );
  }
}

/**
 * Frees the stack where the run that locked it is surely gone; says whether there was such a lock.
 * Throws StackLockedError where it may be alive.
 */
export async function freeStaleLock(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
): Promise<boolean> {
  const folder = backendFolder(workspace.state.backend, context.env);
  const locks = folder ? readLocks(folder, workspace.project.name, stack.name) : [];
  const alive = aliveLock(locks);
  if (alive) throw new StackLockedError(stack.name, describeLock(alive));
  for (const lock of locks) {
    const why =
      'damagedFile' in lock
        ? `the lock file ${lock.damagedFile} is empty or damaged and belongs to no update`
        : `${stack.name} was locked by ${describeLock(lock)}, which no longer runs`;
    note(context, `${why}; unlocking it`);
  }
  if (locks.length > 0) await stack.cancel();
  return locks.length > 0;
}
