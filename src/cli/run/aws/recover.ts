import type { Stack } from '@pulumi/pulumi/automation/index.js';
import type { AwsStack, StackFile } from '../../../stack/stack-file.ts';
import { stackAccount } from '../../aws/account.ts';
import { answeredByAws } from '../../aws/errors.ts';
import { type Context, note } from '../../context.ts';
import { planOf } from '../../plan/plan.ts';
import { nameOf } from '../events.ts';
import { exportSealed, importSealed } from '../sealed-state.ts';
import { type PendingOperation, type State, stateOf } from '../stack-state.ts';
import type { Engine } from '../workspace.ts';

/**
 * What AWS was making when a run was killed nobody can find by a label alone, so it is only named: if it
 * came into being, the next `up` says that its name is taken. What it was changing is read anew by the
 * refresh before each update, but for a password, which cannot be read. To be called where no other run
 * can be at work: what is pending could be its.
 * @param stackFile what is to be brought up next; undefined: it is to be destroyed
 */
export async function recoverOnAws(
  context: Context,
  engine: Engine,
  stack: Stack,
  stackFile: StackFile | undefined,
): Promise<void> {
  const exported = await exportSealed<State | undefined>(stack);
  const pending = exported.deployment?.pending_operations ?? [];
  if (pending.length === 0) return;
  const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
  note(context, `an earlier run was killed while ${names.join(', ')}; going on from what AWS has`);
  if (pending.some(({ type }) => type === 'creating')) {
    note(
      context,
      `what it was creating may be there without Pulumi's knowledge; where AWS says that it exists already, delete it there, or take it over: pulumi import`,
    );
  }
  if (stackFile?.target === 'aws')
    await settlePasswords(context, engine, stack, { pending, stackFile });
  const deployment = { ...exported.deployment, pending_operations: [] };
  await importSealed(stack, { ...exported, deployment });
}

async function settlePasswords(
  context: Context,
  { project }: Engine,
  stack: Stack,
  { pending, stackFile }: { pending: readonly PendingOperation[]; stackFile: AwsStack },
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
