import { expect, test } from 'vitest';
import { retainedResources } from '../../../../../src/cli/destroy/aws/retained-resources.ts';
import type { StateResource } from '../../../../../src/cli/run/stack-state.ts';

function resource(type: string, name: string, more: Partial<StateResource>): StateResource {
  return { type, urn: `urn:pulumi:prod::shop::${type}::${name}`, custom: true, ...more };
}

test('what AWS keeps of a destroyed stack, with what removes it for good', () => {
  const found = retainedResources(
    [
      resource('aws:ecs/cluster:Cluster', 'fargate-cluster', { outputs: {} }),
      resource('aws:rds/instance:Instance', 'database-instance', {
        outputs: {
          skipFinalSnapshot: false,
          finalSnapshotIdentifier: 'shop-prod-database-1-final',
        },
      }),
      resource('aws:elasticache/replicationGroup:ReplicationGroup', 'redis-group', {
        outputs: { finalSnapshotIdentifier: 'shop-prod-redis-1-final' },
      }),
      resource('aws:kms/key:Key', 'key-key', {
        retainOnDelete: true,
        outputs: { keyId: 'abc', deletionWindowInDays: 30 },
      }),
      resource('aws:secretsmanager/secretVersion:SecretVersion', 'a-value', {
        retainOnDelete: true,
      }),
      ...['a', 'b'].map((name) =>
        resource('aws:secretsmanager/secret:Secret', name, {
          outputs: { recoveryWindowInDays: 7 },
        }),
      ),
    ],
    'eu-central-1',
  );
  expect(found).toEqual([
    {
      text: 'final snapshot shop-prod-database-1-final of the database',
      command:
        'aws rds delete-db-snapshot --db-snapshot-identifier shop-prod-database-1-final --region eu-central-1',
    },
    {
      text: 'final snapshot shop-prod-redis-1-final of Redis',
      command:
        'aws elasticache delete-snapshot --snapshot-name shop-prod-redis-1-final --region eu-central-1',
    },
    { text: '2 secrets, which can be restored for 7 days' },
    {
      text: 'key abc, which the snapshots are encrypted with',
      command: 'aws kms schedule-key-deletion --key-id abc --region eu-central-1',
    },
  ]);
});

test('a stack that keeps nothing leaves its key alone, for a while', () => {
  const found = retainedResources(
    [
      resource('aws:rds/cluster:Cluster', 'database-cluster', {
        outputs: { skipFinalSnapshot: true, finalSnapshotIdentifier: 'never-made' },
      }),
      resource('aws:elasticache/replicationGroup:ReplicationGroup', 'redis-group', { outputs: {} }),
      resource('aws:secretsmanager/secret:Secret', 'a', { outputs: { recoveryWindowInDays: 0 } }),
      resource('aws:kms/key:Key', 'key-key', {
        outputs: { keyId: 'abc', deletionWindowInDays: 7 },
      }),
    ],
    'eu-central-1',
  );
  expect(found).toEqual([{ text: 'key abc, which AWS deletes after 7 days' }]);
});
