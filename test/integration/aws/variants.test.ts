import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { awsProject, changesOf, smallImage } from '../../support/moto/aws-project.ts';
import { holdings } from '../../support/moto/holdings.ts';
import { madeByRds } from '../../support/moto/made-by-rds.ts';
import { ECR_USER, Moto } from '../../support/moto/moto.ts';
import { refusedRequests } from '../../support/moto/operator.ts';
import type { TestProject } from '../../support/project.ts';

const region = 'eu-central-1';
let registry: DebianRegistry;
let moto: Moto;
let project: TestProject;
let zone: string;

const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';

/** Everything that stacks/prod.yaml leaves at its default or chooses otherwise. */
const full = (image: string) => `
target: aws
environment: staging
backend: { image: ${image}, replicas: 2, cpu: 2, memory: 4Gi }
edge: { host: full.example.com, tls: auto }
database: { schema: shop }
plugins: [medusa-fulfillment-manual]
aws:
  region: ${region}
  logDays: 30
  permissionsBoundary: ${boundary}
  network: { cidr: 10.20.0.0/16, zones: 3, nat: none, flowLogs: true }
  database: { kind: aurora, instances: 2, capacity: { min: 1, max: 8 }, backupDays: 7 }
  redis: { engine: valkey, replicas: 2 }
  backend:
    exec: true
    insights: true
    spotPercent: 50
    autoscaling:
      max: 8
      memory: 75
      requests: 1000
      schedule: [{ name: sale, at: cron(0 8 * * ? *), timezone: Europe/Berlin, min: 4, max: 8 }]
  edge: { zone: example.com, accessLogs: true, waf: true }
`;

beforeAll(async () => {
  registry = await DebianRegistry.start(ECR_USER);
  moto = await Moto.start({ region, registry: registry.address });
  zone = await moto.createZone('example.com');
  project = await awsProject(moto, 'full');
  project.writeStack('Pulumi.full', {
    config: {
      ...moto.config,
      // S3 Control is asked at a host that begins with the account, which no name server knows.
      'aws:httpProxy': moto.url,
    },
  });
  project.writeStack('full', full(await smallImage(project.name)));
  const { seconds } = await project.up('full');
  console.log(`the full stack went up in ${seconds.toFixed(1)} s`);
});

afterAll(async () => {
  await moto?.stop();
  await registry?.stop();
  await project?.cleanup();
});

const up = async (stack: string) =>
  changesOf(await project.run(['up', '-s', stack, '--yes', '--json']));

/** Differences that a second `up` sees because moto reports something else than it was given. */
const motoOwn = [
  // An empty one, which AWS gives for Aurora Serverless v1 alone.
  'update database-cluster: scalingConfiguration',
  // It keeps none for a rule that names a list of prefixes.
  'update security-groups-backend-to-s3: description',
];

const list = <T>(service: string, operation: string, parameters = {}) =>
  moto.ask<Record<string, T[]>>(service, operation, parameters);
const ofFull = { ServiceNamespace: 'ecs' };

describe('a stack with what stacks/prod.yaml leaves out', () => {
  const name = () => `${project.name}-full`;

  test('runs Aurora Serverless v2 and Valkey', async () => {
    const { DBClusters } = await list('rds', 'describe_db_clusters');
    expect(DBClusters).toEqual([
      expect.objectContaining({
        Engine: 'aurora-postgresql',
        StorageEncrypted: true,
        BackupRetentionPeriod: 7,
        ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 8 },
        DBClusterMembers: [expect.anything(), expect.anything()],
      }),
    ]);
    const { ReplicationGroups } = await list('elasticache', 'describe_replication_groups');
    expect(ReplicationGroups).toContainEqual(
      expect.objectContaining({
        ReplicationGroupId: `${name()}-redis`,
        Engine: 'valkey',
        MemberClusters: [1, 2, 3].map((node) => `${name()}-redis-00${node}`),
        AuthTokenEnabled: true,
        TransitEncryptionMode: 'required',
      }),
    );
  });

  test('reaches AWS by endpoints, and nothing else', async () => {
    const { Vpcs = [] } = await list<{ VpcId: string; CidrBlock: string }>('ec2', 'describe_vpcs');
    const vpc = Vpcs.find(({ CidrBlock }) => CidrBlock === '10.20.0.0/16')?.VpcId;
    const inVpc = { Filters: [{ Name: 'vpc-id', Values: [vpc] }] };
    const endpoints = await list<{ ServiceName: string }>('ec2', 'describe_vpc_endpoints', inVpc);
    expect(
      endpoints['VpcEndpoints']
        ?.map((each) => each.ServiceName.split('.').slice(3).join('.'))
        .sort(),
    ).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3', 'secretsmanager', 'ssmmessages']);
    const { NatGateways } = await list('ec2', 'describe_nat_gateways', {
      Filter: inVpc.Filters,
    });
    expect(NatGateways).toEqual([]);
    const { FlowLogs } = await list('ec2', 'describe_flow_logs');
    expect(FlowLogs).toEqual([expect.objectContaining({ ResourceId: vpc, TrafficType: 'ALL' })]);
  });

  test('shares its tasks with Spot, lets people in, and scales by load and by the clock', async () => {
    const { services } = await list('ecs', 'describe_services', {
      cluster: name(),
      services: ['backend'],
    });
    expect(services).toEqual([
      expect.objectContaining({
        enableExecuteCommand: true,
        capacityProviderStrategy: expect.arrayContaining([
          expect.objectContaining({ capacityProvider: 'FARGATE_SPOT', weight: 1 }),
          expect.objectContaining({ capacityProvider: 'FARGATE', weight: 1, base: 1 }),
        ]),
      }),
    ]);
    const { ScalingPolicies = [] } = await list<{ PolicyName: string }>(
      'application-autoscaling',
      'describe_scaling_policies',
      ofFull,
    );
    expect(ScalingPolicies.map(({ PolicyName }) => PolicyName).sort()).toEqual([
      'memory',
      'requests',
    ]);
    const { ScheduledActions } = await list(
      'application-autoscaling',
      'describe_scheduled_actions',
      ofFull,
    );
    expect(ScheduledActions).toEqual([
      expect.objectContaining({
        Schedule: 'cron(0 8 * * ? *)',
        Timezone: 'Europe/Berlin',
        ScalableTargetAction: { MinCapacity: 4, MaxCapacity: 8 },
      }),
    ]);
  });

  test('has a firewall and access logs at its load balancer', async () => {
    const { LoadBalancers = [] } = await list<{
      LoadBalancerName: string;
      LoadBalancerArn: string;
    }>('elbv2', 'describe_load_balancers');
    const arn = LoadBalancers.find((each) => each.LoadBalancerName === name())?.LoadBalancerArn;
    const { Attributes } = await list('elbv2', 'describe_load_balancer_attributes', {
      LoadBalancerArn: arn,
    });
    const { Buckets = [] } = await list<{ Name: string }>('s3', 'list_buckets');
    expect(Buckets).toHaveLength(1);
    expect(Attributes).toEqual(
      expect.arrayContaining([
        { Key: 'access_logs.s3.enabled', Value: 'true' },
        { Key: 'access_logs.s3.bucket', Value: Buckets[0]?.Name },
      ]),
    );
    const { WebACL } = await moto.ask<{ WebACL: { Name: string } }>(
      'wafv2',
      'get_web_acl_for_resource',
      {
        ResourceArn: arn,
      },
    );
    expect(WebACL.Name).toBe(name());
  });

  test('has the boundary on every role', async () => {
    const roles = ['execution', 'task', 'flow-logs'].map((role) => `${name()}-${role}-${region}`);
    for (const RoleName of roles) {
      const { Role } = await moto.ask<{ Role: object }>('iam', 'get_role', { RoleName });
      expect(Role).toMatchObject({ PermissionsBoundary: { PermissionsBoundaryArn: boundary } });
    }
  });

  test('changes nothing at a second up but what moto reports wrongly', async () => {
    expect(await up('full')).toEqual(motoOwn);
  });
});

describe('the log groups that RDS made for a previous version', () => {
  test('are taken over with their lines, and get days and key, in one up', async () => {
    const names = await madeByRds(moto, project, 'full');
    expect(names).toEqual([
      expect.stringMatching(/^\/aws\/rds\/cluster\/\S+-full-database-[0-9a-f]{6}\/postgresql$/),
    ]);
    const changes = (await up('full')).filter((each) => !motoOwn.includes(each));
    // An import that an update follows, which both have the name of one change.
    expect(changes).toEqual(['create database-log-postgresql']);
    const [logGroupName] = names;
    const { logGroups } = await list('logs', 'describe_log_groups', {
      logGroupNamePrefix: logGroupName,
    });
    expect(logGroups).toEqual([
      expect.objectContaining({ retentionInDays: 30, kmsKeyId: expect.stringMatching(/:key\//) }),
    ]);
    const { events } = await list('logs', 'filter_log_events', { logGroupName });
    expect(events).toEqual([expect.objectContaining({ message: 'database system is ready' })]);
    expect(await up('full')).toEqual([]);
  });
});

/** Puts an object into the one bucket. moto refuses that by the bucket's policy, as it ignores its conditions. */
async function writeAccessLog(): Promise<void> {
  const { Buckets = [] } = await list<{ Name: string }>('s3', 'list_buckets');
  const bucket = { Bucket: Buckets[0]?.Name };
  const policy = await moto.ask<object>('s3', 'get_bucket_policy', bucket);
  await moto.ask('s3', 'delete_bucket_policy', bucket);
  await moto.ask('s3', 'put_object', { ...bucket, Key: 'a-log.gz', Body: 'GET / 200' });
  await moto.ask('s3', 'put_bucket_policy', { ...bucket, ...policy });
}

describe('destroy', () => {
  test('deletes the access logs with their bucket, and leaves the last snapshots and the key that opens them, and nothing else', async () => {
    await writeAccessLog();
    const { code, stderr } = await project.run(['destroy', '-s', 'full', '--yes']);
    expect(code, stderr).toBe(0);
    expect(await holdings(moto)).toEqual([
      'kms Secrets, database, Redis, logs and images of a stack',
      expect.stringMatching(/^rds \S+-full-database-[0-9a-f]{6}-final$/),
    ]);
  });
});

describe('the policy of the operator', () => {
  test('allows every call of all this, those to S3 Control among them', async () => {
    // As the provider of this version reads a bucket's tags (internal/service/s3/tags.go).
    expect(moto.calls()).toContainEqual(
      expect.objectContaining({ service: 's3', operation: 'ListTagsForResource' }),
    );
    expect(moto.calls().map(({ operation }) => operation)).toContain('DeleteObjects');
    const operator = { project: project.name, stack: `${project.name}-full`, region, zone };
    expect(await refusedRequests(moto, operator)).toEqual([]);
  });
});
