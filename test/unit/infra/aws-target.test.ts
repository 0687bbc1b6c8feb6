import { describe, expect, test } from 'vitest';
import { StackSecrets } from '../../../infra/secrets.ts';
import { deployToAws } from '../../../infra/targets/aws.ts';
import { stackProvider } from '../../../infra/targets/aws-data.ts';
import { awsFacts } from '../../../infra/targets/aws-facts.ts';
import type { AwsPlan } from '../../../src/derive/aws/plan.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import * as fixtures from '../derive/fixtures.ts';
import { answers, FakePublisher, FakeWork, outputs } from './aws-fakes.ts';
import { awsPlan } from './aws-plan.ts';
import { type Registered, register } from './recorder.ts';

async function deploy(
  change: Partial<AwsPlan> = {},
  options: {
    readonly preview?: boolean;
    readonly publisher?: FakePublisher;
    readonly work?: FakeWork;
    readonly answers?: Readonly<Record<string, object>>;
    readonly config?: Readonly<Record<string, string>>;
  } = {},
) {
  const aws = { ...awsPlan, ...change };
  const plan = {
    ...derivePlan(fixtures.staging, { ...fixtures.options, project: 'shop', stack: 'prod' }),
    backend: {
      ...derivePlan(fixtures.staging, fixtures.options).backend,
      image: { reference: 'ghcr.io/acme/shop:1.4.2' },
      environment: [],
    },
    aws,
  };
  const publisher = options.publisher ?? new FakePublisher();
  const work = options.work ?? new FakeWork();
  const supplied = { stripeApiKey: 'supplied://stripe' };
  const resources = await register(
    async () => {
      const provider = stackProvider(aws, options.config ?? {});
      const facts = await awsFacts(aws, { provider });
      deployToAws({
        plan,
        aws,
        provider,
        facts,
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        publisher,
        work,
        prepareScript: '// prepare',
      });
    },
    {
      preview: options.preview ?? false,
      answers: { ...answers, ...options.answers },
      outputs,
    },
  );
  const get = (name: string): Registered => {
    const found = resources.get(name);
    if (!found) throw new Error(`no resource ${name}; there are ${[...resources.keys()]}`);
    return found;
  };
  return { resources, get, publisher, work };
}

const tree = (resources: ReadonlyMap<string, Registered>) =>
  [...resources.values()]
    .filter(({ type }) => !/random|StackSecrets/.test(type))
    .map(({ type, name, parent }) => `${parent} > ${name} (${type.split(/[:/]/).at(-1)})`)
    .sort();

describe('what a production stack is made of', () => {
  test('every child has its parent and its name', async () => {
    const { resources } = await deploy();
    expect(tree(resources)).toMatchInlineSnapshot(`
      [
        "access-logs > access-logs-bucket (Bucket)",
        "access-logs > access-logs-lifecycle (BucketLifecycleConfiguration)",
        "access-logs > access-logs-policy (BucketPolicy)",
        "access-logs > access-logs-private (BucketPublicAccessBlock)",
        "backend > backend-capacity (ClusterCapacityProviders)",
        "backend > backend-cluster (Cluster)",
        "backend > backend-service (Service)",
        "certificate > certificate-certificate (Certificate)",
        "certificate > certificate-issued (CertificateValidation)",
        "certificate > certificate-proof (Record)",
        "database > database-instance (Instance)",
        "database > database-parameters (ParameterGroup)",
        "database > database-subnets (SubnetGroup)",
        "edge > edge-alb (LoadBalancer)",
        "edge > edge-record (Record)",
        "edge > edge-redirect (Listener)",
        "edge > edge-serving (Listener)",
        "edge > edge-targets (TargetGroup)",
        "execution-role > execution-role-policy (RolePolicy)",
        "execution-role > execution-role-role (Role)",
        "flow-logs > flow-logs-group (LogGroup)",
        "flow-logs > flow-logs-log (FlowLog)",
        "flow-logs-role > flow-logs-role-policy (RolePolicy)",
        "flow-logs-role > flow-logs-role-role (Role)",
        "images > images-lifecycle (LifecyclePolicy)",
        "images > images-repository (Repository)",
        "key > key-alias (Alias)",
        "key > key-key (Key)",
        "logs > logs-group (LogGroup)",
        "network > network-default-group (DefaultSecurityGroup)",
        "network > network-internet (InternetGateway)",
        "network > network-nat-1 (NatGateway)",
        "network > network-nat-1-address (Eip)",
        "network > network-nat-2 (NatGateway)",
        "network > network-nat-2-address (Eip)",
        "network > network-private-1 (Subnet)",
        "network > network-private-1-internet (Route)",
        "network > network-private-1-routes (RouteTableAssociation)",
        "network > network-private-1-table (RouteTable)",
        "network > network-private-2 (Subnet)",
        "network > network-private-2-internet (Route)",
        "network > network-private-2-routes (RouteTableAssociation)",
        "network > network-private-2-table (RouteTable)",
        "network > network-public-1 (Subnet)",
        "network > network-public-1-routes (RouteTableAssociation)",
        "network > network-public-2 (Subnet)",
        "network > network-public-2-routes (RouteTableAssociation)",
        "network > network-public-internet (Route)",
        "network > network-public-routes (RouteTable)",
        "network > network-s3-endpoint (VpcEndpoint)",
        "network > network-vpc (Vpc)",
        "redis > redis-group (ReplicationGroup)",
        "redis > redis-parameters (ParameterGroup)",
        "redis > redis-subnets (SubnetGroup)",
        "retire > retire-definition (TaskDefinition)",
        "scaling > scaling-cpu (Policy)",
        "scaling > scaling-memory (Policy)",
        "scaling > scaling-requests (Policy)",
        "scaling > scaling-sale (ScheduledAction)",
        "scaling > scaling-target (Target)",
        "security-groups > security-groups-backend (SecurityGroup)",
        "security-groups > security-groups-backend-from-edge (SecurityGroupIngressRule)",
        "security-groups > security-groups-backend-to-database (SecurityGroupEgressRule)",
        "security-groups > security-groups-backend-to-redis (SecurityGroupEgressRule)",
        "security-groups > security-groups-backend-to-world (SecurityGroupEgressRule)",
        "security-groups > security-groups-database (SecurityGroup)",
        "security-groups > security-groups-database-from-backend (SecurityGroupIngressRule)",
        "security-groups > security-groups-edge (SecurityGroup)",
        "security-groups > security-groups-edge-from-http (SecurityGroupIngressRule)",
        "security-groups > security-groups-edge-from-https (SecurityGroupIngressRule)",
        "security-groups > security-groups-edge-to-backend (SecurityGroupEgressRule)",
        "security-groups > security-groups-redis (SecurityGroup)",
        "security-groups > security-groups-redis-from-backend (SecurityGroupIngressRule)",
        "shop-dev > access-logs (AccessLogBucket)",
        "shop-dev > aws (aws)",
        "shop-dev > backend (BackendService)",
        "shop-dev > certificate (Certificate)",
        "shop-dev > database (PostgresDatabase)",
        "shop-dev > edge (LoadBalancer)",
        "shop-dev > execution-role (ServiceRole)",
        "shop-dev > flow-logs (VpcFlowLogs)",
        "shop-dev > flow-logs-role (ServiceRole)",
        "shop-dev > images (ImageRepository)",
        "shop-dev > key (EncryptionKey)",
        "shop-dev > logs (ServiceLogs)",
        "shop-dev > network (VpcNetwork)",
        "shop-dev > redis (RedisCache)",
        "shop-dev > retire (ContainerTask)",
        "shop-dev > retired (Parameter)",
        "shop-dev > scaling (ServiceScaling)",
        "shop-dev > security-groups (SecurityGroups)",
        "shop-dev > task (ContainerTask)",
        "shop-dev > task-role (ServiceRole)",
        "shop-dev > vault (SecretVault)",
        "task > task-definition (TaskDefinition)",
        "task-role > task-role-role (Role)",
        "vault > vault-backend-DATABASE_URL (Secret)",
        "vault > vault-backend-DATABASE_URL-value (SecretVersion)",
        "vault > vault-backend-REDIS_URL (Secret)",
        "vault > vault-backend-REDIS_URL-value (SecretVersion)",
      ]
    `);
  });
});
