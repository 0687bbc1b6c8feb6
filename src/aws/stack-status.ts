import type { Service, Task } from '@aws-sdk/client-ecs';
import type { AwsResources } from '../derive/plan.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { taskId } from './failed-task.ts';
import { isOwnDatabase } from './own-database.ts';
import { revisionOf } from './rollout.ts';

/** State of one part of a stack in AWS. */
export interface PartStatus {
  readonly name: string;
  /** As AWS reports it, such as `available` or `ISSUED`. */
  readonly state: string;
  /** Kind and size, such as `db.t4g.medium, PostgreSQL 17.4`. */
  readonly about: string;
  readonly ok: boolean;
}

export interface ServiceStatus {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** Revision of its task, such as `shop-prod:12`. */
  readonly revision: string;
  /** Of the last release: IN_PROGRESS, COMPLETED or FAILED. */
  readonly rollout: string | null;
  readonly ok: boolean;
}

export interface TaskStatus {
  readonly id: string;
  readonly revision: string;
  readonly state: string;
  readonly health: string | null;
  /** ISO date; null: not started yet. */
  readonly since: string | null;
}

/** State of a stack in AWS; null: it does not exist. */
export interface StackStatus {
  readonly service: ServiceStatus | null;
  readonly tasks: readonly TaskStatus[];
  /** Targets of the load balancer: one for each task that it knows. */
  readonly targets: readonly {
    readonly address: string;
    readonly state: string;
    readonly reason: string | null;
  }[];
  readonly database: PartStatus | null;
  readonly redis: PartStatus | null;
  readonly certificate: PartStatus | null;
}

/** Reads a stack's state from AWS, from all services at the same time. @throws as the SDK does */
export async function readStackStatus(
  account: AwsAccount,
  aws: AwsResources,
): Promise<StackStatus> {
  const [backend, database, redis] = await Promise.all([
    readBackend(account, aws),
    readDatabase(account, aws),
    readRedis(account, aws),
  ]);
  return { ...backend, database, redis };
}

type Backend = Pick<StackStatus, 'service' | 'tasks' | 'targets' | 'certificate'>;

async function readBackend(account: AwsAccount, { service, task }: AwsResources): Promise<Backend> {
  const sdk = await import('@aws-sdk/client-ecs');
  const ecs = new sdk.ECSClient(await clientConfig(account, 'ecs'));
  const where = { cluster: service.cluster };
  try {
    const { services = [] } = await ecs.send(
      new sdk.DescribeServicesCommand({ ...where, services: [service.name] }),
    );
    const found = services.find(({ status }) => status !== 'INACTIVE');
    if (!found) return NO_BACKEND;
    const { taskArns = [] } = await ecs.send(
      new sdk.ListTasksCommand({ ...where, serviceName: service.name, desiredStatus: 'RUNNING' }),
    );
    const { tasks = [] } =
      taskArns.length === 0
        ? {}
        : await ecs.send(new sdk.DescribeTasksCommand({ ...where, tasks: taskArns }));
    return {
      service: serviceStatus(found),
      tasks: tasks
        .map(taskStatus)
        // Without tasks that prepare: some servers answer with every task of the cluster.
        .filter(({ revision }) => revision.startsWith(`${task.family}:`)),
      ...(await readLoadBalancer(account, found.loadBalancers?.[0]?.targetGroupArn)),
    };
  } catch (error) {
    if ((error as Error).name === 'ClusterNotFoundException') return NO_BACKEND;
    throw error;
  } finally {
    ecs.destroy();
  }
}

const NO_BACKEND: Backend = { service: null, tasks: [], targets: [], certificate: null };

function serviceStatus(service: Service): ServiceStatus {
  const { serviceName = '', desiredCount = 0, runningCount = 0, pendingCount = 0 } = service;
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return {
    name: serviceName,
    desired: desiredCount,
    running: runningCount,
    pending: pendingCount,
    revision: revisionOf(service.taskDefinition ?? ''),
    rollout: primary?.rolloutState ?? null,
    ok: service.status === 'ACTIVE' && runningCount >= desiredCount && runningCount > 0,
  };
}

function taskStatus({ taskArn, taskDefinitionArn, lastStatus, healthStatus, startedAt }: Task) {
  return {
    id: taskId(taskArn),
    revision: revisionOf(taskDefinitionArn ?? ''),
    state: lastStatus ?? 'UNKNOWN',
    health: healthStatus === undefined || healthStatus === 'UNKNOWN' ? null : healthStatus,
    since: startedAt?.toISOString() ?? null,
  };
}

async function readLoadBalancer(
  account: AwsAccount,
  targetGroupArn: string | undefined,
): Promise<Pick<StackStatus, 'targets' | 'certificate'>> {
  if (targetGroupArn === undefined) return { targets: [], certificate: null };
  const sdk = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const elb = new sdk.ElasticLoadBalancingV2Client(await clientConfig(account, 'elbv2'));
  try {
    const { TargetHealthDescriptions = [] } = await elb.send(
      new sdk.DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    const { TargetGroups = [] } = await elb.send(
      new sdk.DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }),
    );
    const LoadBalancerArn = TargetGroups[0]?.LoadBalancerArns?.[0];
    const { Listeners = [] } = LoadBalancerArn
      ? await elb.send(new sdk.DescribeListenersCommand({ LoadBalancerArn }))
      : {};
    const arn = Listeners.flatMap(({ Certificates }) => Certificates ?? [])[0]?.CertificateArn;
    return {
      targets: TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
        address: `${Target?.Id}:${Target?.Port}`,
        state: TargetHealth?.State ?? 'unknown',
        reason: TargetHealth?.Description ?? null,
      })),
      certificate: arn ? await readCertificate(account, arn) : null,
    };
  } finally {
    elb.destroy();
  }
}

async function readCertificate(account: AwsAccount, arn: string): Promise<PartStatus> {
  const sdk = await import('@aws-sdk/client-acm');
  const acm = new sdk.ACMClient(await clientConfig(account, 'acm'));
  try {
    const { Certificate } = await acm.send(
      new sdk.DescribeCertificateCommand({ CertificateArn: arn }),
    );
    const until = Certificate?.NotAfter?.toISOString().slice(0, 10);
    return {
      name: Certificate?.DomainName ?? arn,
      state: Certificate?.Status ?? 'UNKNOWN',
      about: until ? `until ${until}` : '',
      ok: Certificate?.Status === 'ISSUED',
    };
  } finally {
    acm.destroy();
  }
}

/** States in which a server does not answer. In all others, such as `backing-up`, it does. */
const DOWN =
  /^(creating|create-failed|deleting|deleted|failed|stopped|stopping|starting|rebooting|storage-full|inaccessible|incompatible|restore-error)/;

async function readDatabase(account: AwsAccount, aws: AwsResources): Promise<PartStatus | null> {
  const { database } = aws;
  if (!database) return null;
  const sdk = await import('@aws-sdk/client-rds');
  const rds = new sdk.RDSClient(await clientConfig(account, 'rds'));
  try {
    if (database.kind === 'aurora') {
      for await (const page of sdk.paginateDescribeDBClusters({ client: rds }, {})) {
        for (const each of page.DBClusters ?? []) {
          if (!isOwnDatabase(aws, each.DBClusterIdentifier, each.TagList)) continue;
          const members = each.DBClusterMembers?.length ?? 0;
          const about = `Aurora PostgreSQL ${each.EngineVersion}, ${members} instances`;
          return server(each.DBClusterIdentifier, each.Status, about);
        }
      }
      return null;
    }
    for await (const page of sdk.paginateDescribeDBInstances({ client: rds }, {})) {
      for (const each of page.DBInstances ?? []) {
        if (!isOwnDatabase(aws, each.DBInstanceIdentifier, each.TagList)) continue;
        const zones = each.MultiAZ ? ', standby in another zone' : '';
        const about = `PostgreSQL ${each.EngineVersion}, ${each.DBInstanceClass}${zones}`;
        return server(each.DBInstanceIdentifier, each.DBInstanceStatus, about);
      }
    }
    return null;
  } finally {
    rds.destroy();
  }
}

async function readRedis(account: AwsAccount, { redis }: AwsResources): Promise<PartStatus | null> {
  if (!redis) return null;
  const sdk = await import('@aws-sdk/client-elasticache');
  const client = new sdk.ElastiCacheClient(await clientConfig(account, 'elasticache'));
  try {
    const { ReplicationGroups = [] } = await client.send(
      new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId: redis.replicationGroupId }),
    );
    const [group] = ReplicationGroups;
    if (!group) return null;
    const nodes = group.MemberClusters?.length ?? 0;
    const about = `${redis.engine} ${redis.engineVersion}, ${nodes} x ${group.CacheNodeType}`;
    return server(group.ReplicationGroupId, group.Status, about);
  } catch (error) {
    if (/ReplicationGroupNotFound/.test((error as Error).name)) return null;
    throw error;
  } finally {
    client.destroy();
  }
}

function server(name = '', state = 'unknown', about = ''): PartStatus {
  return { name, state, about, ok: !DOWN.test(state) };
}
