import { UserError } from '../../errors.ts';
import { type Context, exitCodes, note, requireConsent } from '../context.ts';
import type { DeployOptions } from '../options.ts';
import { findProject } from '../project.ts';
import { loadStack, targetOf } from '../stack.ts';
import { recoverOnAws } from './aws/recover.ts';
import { aliveLock, describeLock, readLocks } from './locks.ts';
import { backendFolder } from './state.ts';
import { openWorkspace } from './workspace.ts';

/**
 * `cancel`: removes the lock of another update. Asks first if that update may still run. On aws with the
 * state elsewhere than on this disk, it also recovers from the update that was killed.
 */
export async function cancelUpdate(context: Context, options: DeployOptions): Promise<number> {
  const project = findProject(context.cwd);
  const target = targetOf(context, project, options.stack);
  const workspace = await openWorkspace(context, project, { ...options, target });
  const stack = await workspace.select(options.stack, { create: false });
  const folder = backendFolder(workspace.state.backend, context.env);
  const locks = folder ? readLocks(folder, project.name, options.stack) : undefined;
  if (locks?.length === 0) {
    note(context, `${options.stack} is not locked`);
    return exitCodes.ok;
  }
  const alive = aliveLock(locks ?? []);
  if ((alive || !locks) && !options.yes) {
    requireConsent(context, 'cancel', options);
    const holder = alive ? describeLock(alive) : 'another update';
    const sure = `${holder} may still be updating ${options.stack}. Remove its lock?`;
    if (!(await context.confirm(sure))) {
      throw new UserError(
        `${options.stack} stays locked; wait until that update has ended`,
        'state-locked',
      );
    }
  }
  await stack.cancel();
  // With the state on this disk, the next run sees that the previous one is gone; elsewhere only now is it known.
  if (target === 'aws' && !folder) {
    await recoverOnAws(context, workspace, stack, loadStack(context, project, options.stack));
  }
  note(context, `${options.stack} is unlocked; run: medusa-infra up -s ${options.stack}`);
  return exitCodes.ok;
}
