import type { Moto } from './moto.ts';

/** A container as ECS's API has it, as far as the kit writes it. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly entryPoint?: readonly string[];
  readonly command: readonly string[];
  readonly essential: boolean;
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: string }[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly user?: string;
  readonly readonlyRootFilesystem?: boolean;
  readonly mountPoints?: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
  }[];
  readonly portMappings?: readonly { readonly containerPort: number }[];
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  readonly linuxParameters?: {
    readonly initProcessEnabled: boolean;
    readonly capabilities: { readonly drop: readonly string[] };
  };
}

export interface TaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly volumes: readonly { readonly name: string }[];
  readonly executionRoleArn: string;
}

/** The task definition that a stack's service runs now. */
export async function servingTask(moto: Moto, cluster: string): Promise<TaskDefinition> {
  const { services } = await moto.ask<{ services: { taskDefinition: string }[] }>(
    'ecs',
    'describe_services',
    { cluster, services: ['backend'] },
  );
  return taskDefinition(moto, services[0]?.taskDefinition ?? '');
}

export async function taskDefinition(moto: Moto, name: string): Promise<TaskDefinition> {
  const found = await moto.ask<{ taskDefinition: TaskDefinition }>(
    'ecs',
    'describe_task_definition',
    { taskDefinition: name },
  );
  return found.taskDefinition;
}

/** What a container gets for `valueFrom`: `ARN:KEY:STAGE:VERSION`, of which only the ARN must be there. */
export async function secretValue(moto: Moto, valueFrom: string): Promise<string> {
  const parts = valueFrom.split(':');
  const [key, stage, version] = parts.slice(7);
  const { SecretString } = await moto.ask<{ SecretString: string }>(
    'secretsmanager',
    'get_secret_value',
    {
      SecretId: parts.slice(0, 7).join(':'),
      ...(version ? { VersionId: version } : {}),
      ...(stage ? { VersionStage: stage } : {}),
    },
  );
  if (!key) return SecretString;
  const value: unknown = (JSON.parse(SecretString) as Record<string, unknown>)[key];
  if (typeof value !== 'string') throw new Error(`${valueFrom}: the secret has no text ${key}`);
  return value;
}

/** Variable -> value of all that a container gets from Secrets Manager. */
export async function containerSecrets(
  moto: Moto,
  container: ContainerDefinition,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { name, valueFrom } of container.secrets ?? []) {
    values[name] = await secretValue(moto, valueFrom);
  }
  return values;
}

type Item = Readonly<Record<string, unknown>>;

/** How each kind of resource is listed: service, operation, key of the list, name, and which count. */
const KINDS: readonly (readonly [
  service: string,
  operation: string,
  list: string,
  name: string,
  counts?: (item: Item) => boolean,
])[] = [
  ['acm', 'list_certificates', 'CertificateSummaryList', 'DomainName'],
  ['application-autoscaling', 'describe_scalable_targets', 'ScalableTargets', 'ResourceId'],
  ['ec2', 'describe_addresses', 'Addresses', 'AllocationId'],
  ['ec2', 'describe_internet_gateways', 'InternetGateways', 'InternetGatewayId'],
  [
    'ec2',
    'describe_nat_gateways',
    'NatGateways',
    'NatGatewayId',
    ({ State }) => State !== 'deleted',
  ],
  ['ec2', 'describe_flow_logs', 'FlowLogs', 'FlowLogId'],
  [
    'ec2',
    'describe_vpc_endpoints',
    'VpcEndpoints',
    'ServiceName',
    ({ State }) => State !== 'deleted',
  ],
  ['ec2', 'describe_vpcs', 'Vpcs', 'VpcId', ({ IsDefault }) => !IsDefault],
  ['ecr', 'describe_repositories', 'repositories', 'repositoryName'],
  ['ecs', 'list_clusters', 'clusterArns', ''],
  ['ecs', 'list_task_definitions', 'taskDefinitionArns', ''],
  ['elasticache', 'describe_cache_subnet_groups', 'CacheSubnetGroups', 'CacheSubnetGroupName'],
  ['elasticache', 'describe_replication_groups', 'ReplicationGroups', 'ReplicationGroupId'],
  ['elasticache', 'describe_snapshots', 'Snapshots', 'SnapshotName'],
  ['elbv2', 'describe_load_balancers', 'LoadBalancers', 'LoadBalancerName'],
  ['elbv2', 'describe_target_groups', 'TargetGroups', 'TargetGroupName'],
  ['iam', 'list_roles', 'Roles', 'RoleName'],
  [
    'kms',
    'list_aliases',
    'Aliases',
    'AliasName',
    ({ AliasName }) => !/^alias\/aws\//.test(String(AliasName)),
  ],
  ['logs', 'describe_log_groups', 'logGroups', 'logGroupName'],
  ['rds', 'describe_db_clusters', 'DBClusters', 'DBClusterIdentifier'],
  ['rds', 'describe_db_cluster_snapshots', 'DBClusterSnapshots', 'DBClusterSnapshotIdentifier'],
  ['rds', 'describe_db_instances', 'DBInstances', 'DBInstanceIdentifier'],
  ['rds', 'describe_db_parameter_groups', 'DBParameterGroups', 'DBParameterGroupName'],
  ['rds', 'describe_db_snapshots', 'DBSnapshots', 'DBSnapshotIdentifier'],
  ['rds', 'describe_db_subnet_groups', 'DBSubnetGroups', 'DBSubnetGroupName'],
  ['s3', 'list_buckets', 'Buckets', 'Name'],
  ['secretsmanager', 'list_secrets', 'SecretList', 'Name'],
  ['ssm', 'describe_parameters', 'Parameters', 'Name'],
];

/** All that an account holds, as `SERVICE NAME`, sorted; without what AWS itself puts there. */
export async function holdings(moto: Moto): Promise<string[]> {
  const found: string[] = [];
  for (const [service, operation, list, name, counts = () => true] of KINDS) {
    const answer = await moto.ask<Record<string, (Item | string)[]>>(service, operation);
    for (const item of answer[list] ?? []) {
      if (typeof item === 'string') found.push(`${service} ${item.split(':').slice(5).join(':')}`);
      else if (counts(item)) found.push(`${service} ${String(item[name])}`);
    }
  }
  return found.sort();
}
