import type { Moto } from './moto.ts';

type Item = Readonly<Record<string, unknown>>;

/** How resources of one kind are listed. */
interface Kind {
  readonly from: readonly [service: string, operation: string, list: string];
  /** Key of the name; undefined: the list is of ARNs. */
  readonly name?: string;
  readonly parameters?: object;
  /** Which of them count. @default all */
  readonly counts?: (item: Item) => boolean;
}

/** Those that AWS takes by itself are called `rds:...`, and go with their server. */
const manual = ({ DBSnapshotIdentifier, DBClusterSnapshotIdentifier }: Item) =>
  !String(DBSnapshotIdentifier ?? DBClusterSnapshotIdentifier).startsWith('rds:');
const notDeleted = ({ State }: Item) => State !== 'deleted';

const KINDS: readonly Kind[] = [
  { from: ['acm', 'list_certificates', 'CertificateSummaryList'], name: 'DomainName' },
  {
    from: ['application-autoscaling', 'describe_scalable_targets', 'ScalableTargets'],
    parameters: { ServiceNamespace: 'ecs' },
    name: 'ResourceId',
  },
  { from: ['ec2', 'describe_addresses', 'Addresses'], name: 'AllocationId' },
  { from: ['ec2', 'describe_flow_logs', 'FlowLogs'], name: 'FlowLogId' },
  {
    from: ['ec2', 'describe_nat_gateways', 'NatGateways'],
    name: 'NatGatewayId',
    counts: notDeleted,
  },
  {
    from: ['ec2', 'describe_vpc_endpoints', 'VpcEndpoints'],
    name: 'ServiceName',
    counts: notDeleted,
  },
  // With its subnets, routes and groups, without which it cannot go.
  { from: ['ec2', 'describe_vpcs', 'Vpcs'], name: 'VpcId', counts: ({ IsDefault }) => !IsDefault },
  { from: ['ecr', 'describe_repositories', 'repositories'], name: 'repositoryName' },
  { from: ['ecs', 'list_task_definitions', 'taskDefinitionArns'] },
  {
    from: ['elasticache', 'describe_replication_groups', 'ReplicationGroups'],
    name: 'ReplicationGroupId',
  },
  {
    from: ['elasticache', 'describe_cache_subnet_groups', 'CacheSubnetGroups'],
    name: 'CacheSubnetGroupName',
  },
  { from: ['elasticache', 'describe_snapshots', 'Snapshots'], name: 'SnapshotName' },
  { from: ['elbv2', 'describe_load_balancers', 'LoadBalancers'], name: 'LoadBalancerName' },
  { from: ['elbv2', 'describe_target_groups', 'TargetGroups'], name: 'TargetGroupName' },
  { from: ['iam', 'list_roles', 'Roles'], name: 'RoleName' },
  {
    from: ['kms', 'list_aliases', 'Aliases'],
    name: 'AliasName',
    counts: ({ AliasName }) => !String(AliasName).startsWith('alias/aws/'),
  },
  { from: ['logs', 'describe_log_groups', 'logGroups'], name: 'logGroupName' },
  { from: ['rds', 'describe_db_clusters', 'DBClusters'], name: 'DBClusterIdentifier' },
  {
    from: ['rds', 'describe_db_cluster_parameter_groups', 'DBClusterParameterGroups'],
    name: 'DBClusterParameterGroupName',
    counts: ({ DBClusterParameterGroupName }) =>
      !/^default\./.test(String(DBClusterParameterGroupName)),
  },
  {
    from: ['rds', 'describe_db_cluster_snapshots', 'DBClusterSnapshots'],
    name: 'DBClusterSnapshotIdentifier',
    counts: manual,
  },
  { from: ['rds', 'describe_db_instances', 'DBInstances'], name: 'DBInstanceIdentifier' },
  {
    from: ['rds', 'describe_db_parameter_groups', 'DBParameterGroups'],
    name: 'DBParameterGroupName',
    counts: ({ DBParameterGroupName }) => !/^default\./.test(String(DBParameterGroupName)),
  },
  {
    from: ['rds', 'describe_db_snapshots', 'DBSnapshots'],
    name: 'DBSnapshotIdentifier',
    counts: manual,
  },
  { from: ['rds', 'describe_db_subnet_groups', 'DBSubnetGroups'], name: 'DBSubnetGroupName' },
  { from: ['s3', 'list_buckets', 'Buckets'], name: 'Name' },
  { from: ['secretsmanager', 'list_secrets', 'SecretList'], name: 'Name' },
  { from: ['ssm', 'describe_parameters', 'Parameters'], name: 'Name' },
  { from: ['wafv2', 'list_web_acls', 'WebACLs'], parameters: { Scope: 'REGIONAL' }, name: 'Name' },
];

/** All that an account holds, as `SERVICE NAME`, sorted; without what AWS itself puts there. */
export async function holdings(moto: Moto): Promise<string[]> {
  const found = [...(await enabledKeys(moto)), ...(await activeClusters(moto))];
  for (const { from, name, parameters, counts = () => true } of KINDS) {
    const [service, operation, list] = from;
    const answer = await moto.ask<Record<string, unknown[]>>(service, operation, parameters);
    for (const item of answer[list] ?? []) {
      if (name === undefined)
        found.push(`${service} ${String(item).split(':').slice(5).join(':')}`);
      else if (counts(item as Item)) found.push(`${service} ${String((item as Item)[name])}`);
    }
  }
  return found.sort();
}

/** Keys that are not about to be deleted, by what they are for. */
async function enabledKeys(moto: Moto): Promise<string[]> {
  const { Keys } = await moto.ask<{ Keys: { KeyId: string }[] }>('kms', 'list_keys');
  const keys = await Promise.all(
    Keys.map(({ KeyId }) =>
      moto.ask<{ KeyMetadata: { Description: string; KeyState: string; KeyManager: string } }>(
        'kms',
        'describe_key',
        { KeyId },
      ),
    ),
  );
  return keys
    .filter(
      ({ KeyMetadata: { KeyState, KeyManager } }) =>
        KeyState === 'Enabled' && KeyManager === 'CUSTOMER',
    )
    .map(({ KeyMetadata }) => `kms ${KeyMetadata.Description}`);
}

/** Clusters that were deleted are listed for some time, as inactive. */
async function activeClusters(moto: Moto): Promise<string[]> {
  const { clusterArns } = await moto.ask<{ clusterArns: string[] }>('ecs', 'list_clusters');
  const { clusters } = await moto.ask<{ clusters: { clusterName: string; status: string }[] }>(
    'ecs',
    'describe_clusters',
    { clusters: clusterArns },
  );
  return clusters
    .filter(({ status }) => status !== 'INACTIVE')
    .map(({ clusterName }) => `ecs ${clusterName}`);
}
