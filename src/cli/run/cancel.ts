import { UserError } from '../../errors.ts';
import { type Context, exitCodes, note, requireConsent } from '../context.ts';
import type { DeployOptions } from '../options.ts';
import { findProject } from '../project.ts';
import { loadStack, targetOf } from '../stack.ts';
import { recoverOnAws } from './aws/recover.ts';
import { describeLock, isStale, readLocks, thisHost } from './locks.ts';
import { backendFolder } from './state.ts';
import { openWorkspace } from './workspace.ts';

/**
 * `cancel`: takes the lock of another update away. Asks while that update seems to be alive. On aws with a
 * state elsewhere than on this disk, it also does what is to be done after a run that was killed.
 */
export async function cancelUpdate(context: Context, options: DeployOptions): Promise<number> {
  const project = findProject(context.cwd);
  const target = targetOf(project, options.stack);
  const workspace = await openWorkspace(context, project, { ...options, target });
  const stack = await workspace.select(options.stack, { create: false });
  const folder = backendFolder(workspace.state.backend, context.env);
  const locks = folder ? readLocks(folder, project.name, options.stack) : undefined;
  if (locks?.length === 0) {
    note(context, `${options.stack} is not locked`);
    return exitCodes.ok;
  }
  const alive = locks ? locks.filter((lock) => !isStale(lock, thisHost)) : [];
  if ((alive.length > 0 || !locks) && !options.yes) {
    requireConsent(context, 'cancel', options);
    const holder = alive[0] ? describeLock(alive[0]) : 'another run';
    const sure = `${holder} may still be at work on ${options.stack}. Take its lock away?`;
    if (!(await context.confirm(sure))) {
      throw new UserError(`${options.stack} stays locked; wait until that run has ended`);
    }
  }
  await stack.cancel();
  // With the state on this disk the next run sees that the one before is gone; elsewhere it is known now.
  if (target === 'aws' && !folder) {
    await recoverOnAws(context, workspace, stack, loadStack(context, project, options.stack));
  }
  note(context, `${options.stack} is free; run: medusa-infra up -s ${options.stack}`);
  return exitCodes.ok;
}
