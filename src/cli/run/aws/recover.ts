import type { AwsStack, StackFile } from '../../../stack/stack-file.ts';
import { stackAccount } from '../../aws/account.ts';
import { withAwsErrors } from '../../aws/errors.ts';
import { type Context, note } from '../../context.ts';
import { planOf } from '../../plan/plan-of.ts';
import { nameOf } from '../events.ts';
import type { PulumiStack } from '../pulumi-stack.ts';
import type { PendingOperation } from '../stack-state.ts';
import type { Workspace } from '../workspace.ts';

/**
 * What AWS was making when a run was killed nobody can find by a label alone, so it is only named: if it
 * came into being, the next `up` says that its name is taken. What it was changing is read again by the
 * refresh before each update, but for a password, which cannot be read. To be called where no other run
 * can be at work: what is pending could be its.
 * @param stackFile what is deployed next; undefined: it is to be destroyed
 */
export async function recoverOnAws(
  context: Context,
  workspace: Workspace,
  stack: PulumiStack,
  stackFile: StackFile | undefined,
): Promise<void> {
  const exported = await stack.exportState();
  const pending = exported.deployment?.pending_operations ?? [];
  if (pending.length === 0) return;
  const names = pending.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);
  note(
    context,
    `an earlier run was killed while ${names.join(', ')}; continuing from what AWS reports`,
  );
  if (pending.some(({ type }) => type === 'creating')) {
    note(
      context,
      `what it was creating may exist without being in the state; if AWS reports that it already exists, delete it there, or import it: pulumi import`,
    );
  }
  if (stackFile?.target === 'aws') {
    await settlePasswords(context, workspace, stack, { pending, stackFile });
  }
  const deployment = { ...exported.deployment, pending_operations: [] };
  await stack.importState({ ...exported, deployment });
}

async function settlePasswords(
  context: Context,
  { project }: Workspace,
  stack: PulumiStack,
  { pending, stackFile }: { pending: readonly PendingOperation[]; stackFile: AwsStack },
): Promise<void> {
  const { interruptedChange, isPasswordHolder, settleRedis } = await import('./settle-redis.ts');
  if (!pending.some(isPasswordHolder)) return;
  const state = await stack.state();
  const change = interruptedChange(state.pending_operations ?? [], state.resources ?? []);
  if (!change) return;
  const { plan } = await planOf(project, stack.name, stackFile);
  const account = await stackAccount(context, project, plan);
  await withAwsErrors(() => settleRedis(account, plan, change, (line) => note(context, line)));
}
