import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { PASSWORD_CHANGE_POLL, PASSWORD_CHANGE_SECONDS } from './limits.ts';

type Strategy = 'ROTATE' | 'SET';

/**
 * Ends the overlap of a rotation. `password` has to be the one that was set last: ElastiCache refuses
 * any other (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html).
 */
export async function setPassword(
  account: AwsAccount,
  replicationGroupId: string,
  password: string,
): Promise<void> {
  await withClient(account, (client) => modify(client, replicationGroupId, password, 'SET'));
}

/**
 * The same, whatever password was set last. A rotation keeps the last two passwords, so rotating to the
 * password in use keeps it valid, and makes it the last one.
 */
export async function settlePassword(
  account: AwsAccount,
  replicationGroupId: string,
  password: string,
): Promise<void> {
  const { waitUntilReplicationGroupAvailable } = await import('@aws-sdk/client-elasticache');
  await withClient(account, async (client) => {
    const limits = { client, maxWaitTime: PASSWORD_CHANGE_SECONDS, ...PASSWORD_CHANGE_POLL };
    const wait = () =>
      waitUntilReplicationGroupAvailable(limits, { ReplicationGroupId: replicationGroupId });
    // The interrupted change may still be in progress.
    await wait();
    for (const strategy of ['ROTATE', 'SET'] as const) {
      await modify(client, replicationGroupId, password, strategy);
      await wait();
    }
  });
}

async function modify(
  client: ElastiCacheClient,
  ReplicationGroupId: string,
  AuthToken: string,
  AuthTokenUpdateStrategy: Strategy,
): Promise<void> {
  const { ModifyReplicationGroupCommand } = await import('@aws-sdk/client-elasticache');
  const change = { ReplicationGroupId, AuthToken, AuthTokenUpdateStrategy, ApplyImmediately: true };
  await client.send(new ModifyReplicationGroupCommand(change)).catch((error: Error) => {
    // Already done: Terraform's provider treats this answer as success too.
    if (!/No modifications were requested/.test(error.message)) throw error;
  });
}

async function withClient<T>(
  account: AwsAccount,
  use: (client: ElastiCacheClient) => Promise<T>,
): Promise<T> {
  const { ElastiCacheClient } = await import('@aws-sdk/client-elasticache');
  const client = new ElastiCacheClient(await clientConfig(account, 'elasticache'));
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
