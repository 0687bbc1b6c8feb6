import type { AwsAccount } from '../../../aws/client-config.ts';
import { settlePassword } from '../../../aws/redis-password.ts';
import { runningTasks } from '../../../aws/running-tasks.ts';
import { secretValues } from '../../../aws/secret-values.ts';
import type { AwsPlan } from '../../../derive/plan.ts';
import type { PendingOperation, StateResource } from '../stack-state.ts';
import { plainText } from '../stack-state.ts';

const TYPE = 'aws:elasticache/replicationGroup:ReplicationGroup';

/** Whether an operation may have been a change of ElastiCache's password. */
export function isPasswordHolder({ type, resource }: PendingOperation): boolean {
  return type === 'updating' && resource.type === TYPE;
}

/** A change of ElastiCache's password of which nobody knows whether it came to an end. */
export interface InterruptedChange {
  readonly replicationGroupId: string;
  /** The password of the last change that did. */
  readonly before: string;
}

/**
 * The change among the operations that a run was killed in; undefined: none of them changed it.
 * @param resources with their secrets decrypted
 */
export function interruptedChange(
  pending: readonly PendingOperation[],
  resources: readonly StateResource[],
): InterruptedChange | undefined {
  for (const { resource } of pending.filter(isPasswordHolder)) {
    const known = resources.find(({ urn, delete: gone }) => urn === resource.urn && !gone);
    const [before, after] = [known, resource].map((each) => plainText(each?.inputs?.['authToken']));
    if (known?.id && before !== undefined && before !== after) {
      return { replicationGroupId: known.id, before };
    }
  }
  return undefined;
}

/**
 * Makes ElastiCache accept the password in use, and no other, after an interrupted change. It accepts the
 * last two and does not say which they are: repeating the change could push out the password in use, and
 * another change would. Does nothing unless all running tasks have the previous password: otherwise the
 * next change sets the password in use, or harms nobody.
 * @returns whether it had to
 * @throws as the SDK does
 */
export async function settleRedis(
  account: AwsAccount,
  { aws }: AwsPlan,
  { replicationGroupId, before }: InterruptedChange,
  note: (line: string) => void,
): Promise<boolean> {
  const tasks = await runningTasks(account, aws.service);
  const references = new Set(tasks.flatMap(({ references: { REDIS_URL } }) => REDIS_URL ?? []));
  if (references.size === 0) return false;
  const urls = [...(await secretValues(account, references)).values()];
  if (!urls.every((url) => passwordOf(url) === before)) return false;
  note(
    `a change of the password of ${replicationGroupId} was interrupted; finishing it with the password in use, so that the next change keeps it valid (takes some minutes)`,
  );
  await settlePassword(account, replicationGroupId, before);
  return true;
}

function passwordOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return decodeURIComponent(new URL(url).password);
}
