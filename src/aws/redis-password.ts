import type { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { type AwsAccount, clientConfig } from './client-config.ts';

/** How long a change may take until the nodes have it. */
const MOST_SECONDS = 1800;

type Strategy = 'ROTATE' | 'SET';

/**
 * Ends the overlap of a rotation. `password` has to be the one that was rotated to last: another one
 * ElastiCache refuses (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html).
 */
export async function setPassword(
  account: AwsAccount,
  replicationGroupId: string,
  password: string,
): Promise<void> {
  await withClient(account, (client) => modify(client, replicationGroupId, password, 'SET'));
}

/**
 * The same, whatever it was rotated to last. A rotation keeps the two passwords that came last, so one to
 * the password that serves leaves it in force, whichever two it took; then that came last.
 */
export async function settlePassword(
  account: AwsAccount,
  replicationGroupId: string,
  password: string,
): Promise<void> {
  const { waitUntilReplicationGroupAvailable } = await import('@aws-sdk/client-elasticache');
  await withClient(account, async (client) => {
    const limits = { client, maxWaitTime: MOST_SECONDS, minDelay: 2, maxDelay: 10 };
    const wait = () =>
      waitUntilReplicationGroupAvailable(limits, { ReplicationGroupId: replicationGroupId });
    // The change that was cut off may still be going on.
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
    // What is so already: the provider of Terraform takes this answer for that as well.
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
