import type { Stack } from '@pulumi/pulumi/automation/index.js';
import type { StackFile } from '../stack/stack-file.ts';
import { stackAccount } from './aws-account.ts';
import { answeredByAws } from './aws-answer.ts';
import { type Context, note } from './context.ts';
import type { Engine } from './engine.ts';
import { nameOf } from './events.ts';
import { freeStaleLock } from './free.ts';
import { planOf } from './plan.ts';
import { exportSealed, importSealed, type SealedState } from './sealed-state.ts';
import { type PendingOperation, type State, stateOf } from './stack-state.ts';
import { backendFolder } from './state.ts';

/**
 * What AWS was making when a run was killed nobody can find by a label alone, so it is only named: if it
 * came into being, the next `up` says that its name is taken. What it was changing is read anew by the
 * refresh before each update, but for a password, which cannot be read.
 * @param stackFile what is to be brought up next; undefined: it is to be destroyed
 */
export async function recoverOnAws(
  context: Context,
  engine: Engine,
  stack: Stack,
  stackFile: StackFile | undefined,
): Promise<void> {
  const isLocal = backendFolder(engine.state.backend, context.env) !== undefined;
  if (isLocal) await freeStaleLock(context, engine, stack);
  const exported = await exportSealed<State | undefined>(stack);
  const pending = exported.deployment?.pending_operations ?? [];
  if (pending.length === 0) return;
  // Elsewhere than on this disk it is not seen whether another run is at work on it right now.
  if (!isLocal && !(await isFree(stack, exported))) return;
  const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
  note(context, `an earlier run was killed while ${names.join(', ')}; going on from what AWS has`);
  if (pending.some(({ type }) => type === 'creating')) {
    note(
      context,
      `what it was creating may be there without Pulumi's knowledge; where AWS says that it exists already, delete it there, or take it over: pulumi import`,
    );
  }
  if (stackFile) await settlePasswords(context, engine, stack, { pending, stackFile });
  const deployment = { ...exported.deployment, pending_operations: [] };
  await importSealed(stack, { ...exported, deployment });
}

async function settlePasswords(
  context: Context,
  { project }: Engine,
  stack: Stack,
  { pending, stackFile }: { pending: readonly PendingOperation[]; stackFile: StackFile },
): Promise<void> {
  const { cutOffChange, isPasswordHolder, settleRedis } = await import('./settle-redis.ts');
  if (!pending.some(isPasswordHolder)) return;
  const state = await stateOf(stack);
  const change = cutOffChange(state.pending_operations ?? [], state.resources ?? []);
  if (!change) return;
  const { plan } = await planOf(project, stack.name, stackFile);
  const account = await stackAccount(context, project, plan);
  await answeredByAws(() => settleRedis(account, plan, change, (line) => note(context, line)));
}

/** Writes the state as it is, for which Pulumi takes the lock. */
async function isFree(stack: Stack, exported: SealedState<State | undefined>): Promise<boolean> {
  try {
    await importSealed(stack, exported);
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConcurrentUpdateError') return false;
    throw error;
  }
}
