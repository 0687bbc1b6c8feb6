import { nameOf } from '../../run/events.ts';
import type { StateResource } from '../../run/stack-state.ts';

/** Something that AWS keeps after a stack was destroyed. */
export interface RetainedResource {
  readonly text: string;
  /** Removes it for good; undefined: AWS does so by itself. */
  readonly command?: string;
}

/** What AWS keeps of a stack's resources when they are destroyed, by what the state says of them. */
export function retainedResources(
  resources: readonly StateResource[],
  region: string,
): RetainedResource[] {
  const command = (text: string) => `aws ${text} --region ${region}`;
  const found: RetainedResource[] = [];
  const keys: RetainedResource[] = [];
  const recovery = new Map<number, number>();
  for (const { type, urn, outputs = {}, retainOnDelete } of resources) {
    const snapshot = outputs['finalSnapshotIdentifier'];
    const days = outputs['recoveryWindowInDays'];
    if (SNAPSHOTS[type] && typeof snapshot === 'string' && outputs['skipFinalSnapshot'] !== true) {
      const { what, remove } = SNAPSHOTS[type];
      found.push({
        text: `final snapshot ${snapshot} of ${what}`,
        command: command(`${remove} ${snapshot}`),
      });
    } else if (type === 'aws:secretsmanager/secret:Secret' && typeof days === 'number') {
      recovery.set(days, (recovery.get(days) ?? 0) + 1);
    } else if (type === 'aws:kms/key:Key' && !retainOnDelete) {
      keys.push({
        text: `key ${outputs['keyId']}, which AWS deletes after ${outputs['deletionWindowInDays']} days`,
      });
    } else if (type === 'aws:kms/key:Key') {
      const removal = `kms schedule-key-deletion --key-id ${outputs['keyId']}`;
      keys.push({
        text: `key ${outputs['keyId']}, which the snapshots are encrypted with`,
        command: command(removal),
      });
    } else if (retainOnDelete && !GONE_WITH_ITS_PARENT.has(type)) {
      found.push({ text: nameOf(urn) });
    }
  }
  for (const [days, count] of recovery) {
    if (days === 0) continue;
    const secrets = count === 1 ? '1 secret' : `${count} secrets`;
    found.push({ text: `${secrets}, which can be restored for ${days} days` });
  }
  // Last: what was encrypted with them has to go before.
  return [...found, ...keys];
}

/** Left in place by Pulumi, because AWS takes it away together with what it belongs to. */
const GONE_WITH_ITS_PARENT = new Set(['aws:secretsmanager/secretVersion:SecretVersion']);

/** Resources that leave a snapshot, with what lists and what removes it. */
const SNAPSHOTS: Readonly<Record<string, { readonly what: string; readonly remove: string }>> = {
  'aws:rds/instance:Instance': {
    what: 'the database',
    remove: 'rds delete-db-snapshot --db-snapshot-identifier',
  },
  'aws:rds/cluster:Cluster': {
    what: 'the database',
    remove: 'rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier',
  },
  'aws:elasticache/replicationGroup:ReplicationGroup': {
    what: 'Redis',
    remove: 'elasticache delete-snapshot --snapshot-name',
  },
};
