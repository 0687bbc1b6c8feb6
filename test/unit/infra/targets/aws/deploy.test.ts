import { describe, expect, test, vi } from 'vitest';
import { deploy, secretOf } from '../../../../support/unit/aws-deploy.ts';
import { awsPlan } from '../../../../support/unit/aws-plan.ts';
import type { Registered } from '../../../../support/unit/recorder.ts';

// A hundred resources through Pulumi's own runtime, many times.
vi.setConfig({ testTimeout: 60_000 });

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
        "backend > backend-service (Service)",
        "certificate > certificate-certificate (Certificate)",
        "certificate > certificate-issued (CertificateValidation)",
        "certificate > certificate-proof (Record)",
        "database > database-instance (Instance)",
        "database > database-log-postgresql (LogGroup)",
        "database > database-parameters (ParameterGroup)",
        "database > database-subnets (SubnetGroup)",
        "edge > edge-alb (LoadBalancer)",
        "edge > edge-record (Record)",
        "edge > edge-redirect (Listener)",
        "edge > edge-serving (Listener)",
        "edge > edge-targets (TargetGroup)",
        "execution-role > execution-role-policy (RolePolicy)",
        "execution-role > execution-role-role (Role)",
        "fargate > fargate-capacity (ClusterCapacityProviders)",
        "fargate > fargate-cluster (Cluster)",
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
        "prepare > prepare-definition (TaskDefinition)",
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
        "shop-dev > fargate (FargateCluster)",
        "shop-dev > flow-logs (VpcFlowLogs)",
        "shop-dev > flow-logs-role (ServiceRole)",
        "shop-dev > images (ImageRepository)",
        "shop-dev > key (EncryptionKey)",
        "shop-dev > logs (ServiceLogs)",
        "shop-dev > network (VpcNetwork)",
        "shop-dev > prepare (ContainerTask)",
        "shop-dev > prepared (Parameter)",
        "shop-dev > redis (RedisCache)",
        "shop-dev > release (ServedRelease)",
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

describe('what is open to whom', () => {
  test('groups name each other; the world is let in at the load balancer alone', async () => {
    const { resources } = await deploy();
    const rules = [...resources.values()]
      .filter(({ type }) => /SecurityGroup(Ingress|Egress)Rule$/.test(type))
      .map(({ name, inputs }) => {
        const { cidrIpv4, referencedSecurityGroupId, fromPort, ipProtocol } = inputs;
        return `${name}: ${ipProtocol} ${fromPort ?? 'all'} ${cidrIpv4 ?? referencedSecurityGroupId}`;
      });
    expect(rules.sort()).toMatchInlineSnapshot(`
      [
        "security-groups-backend-from-edge: tcp 9000 security-groups-edge-id",
        "security-groups-backend-to-database: tcp 5432 security-groups-database-id",
        "security-groups-backend-to-redis: tcp 6379 security-groups-redis-id",
        "security-groups-backend-to-world: -1 all 0.0.0.0/0",
        "security-groups-database-from-backend: tcp 5432 security-groups-backend-id",
        "security-groups-edge-from-http: tcp 80 0.0.0.0/0",
        "security-groups-edge-from-https: tcp 443 0.0.0.0/0",
        "security-groups-edge-to-backend: tcp 9000 security-groups-backend-id",
        "security-groups-redis-from-backend: tcp 6379 security-groups-backend-id",
      ]
    `);
  });

  test('database and Redis are private, encrypted with the key and take TLS alone', async () => {
    const { get } = await deploy();
    expect(get('database-instance').inputs).toMatchObject({
      publiclyAccessible: false,
      storageEncrypted: true,
      kmsKeyId: 'arn:key-key',
      vpcSecurityGroupIds: ['security-groups-database-id'],
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: 'arn:key-key',
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: 'shop-prod-abc123-final',
    });
    expect(get('database-instance').inputs).not.toHaveProperty('password');
    expect(get('database-parameters').inputs).toMatchObject({
      parameters: [{ name: 'rds.force_ssl', value: '1', applyMethod: 'immediate' }],
    });
    expect(get('redis-group').inputs).toMatchObject({
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      kmsKeyId: 'arn:key-key',
      authTokenUpdateStrategy: 'ROTATE',
      securityGroupIds: ['security-groups-redis-id'],
    });
    expect(secretOf(get('redis-group').inputs['authToken'])).toBe('value-of-secret-redis-v2');
  });

  test('what keeps data is protected in production, and not where the file allows its replacement', async () => {
    const protectedOnes = ({ resources }: Awaited<ReturnType<typeof deploy>>) =>
      [...resources.values()]
        .filter((resource) => resource.protect)
        .map(({ name }) => name)
        .sort();
    expect(protectedOnes(await deploy())).toEqual([
      'database-instance',
      'database-suffix',
      'key-key',
      'redis-group',
    ]);
    const database = awsPlan.database && { ...awsPlan.database, allowReplacement: true };
    expect(protectedOnes(await deploy({ database }))).toEqual(['key-key', 'redis-group']);
    expect(protectedOnes(await deploy({ protect: false }))).toEqual([]);
  });
});

describe('destroy', () => {
  test('leaves the key as long as a snapshot stays that is encrypted with it', async () => {
    const kept = async (finalSnapshot: boolean) => {
      const { get } = await deploy({
        database: awsPlan.database && { ...awsPlan.database, finalSnapshot },
        redis: awsPlan.redis && { ...awsPlan.redis, finalSnapshot },
      });
      return get('key-key').retainOnDelete;
    };
    expect([await kept(true), await kept(false)]).toEqual([true, false]);
  });
});

describe('the service', () => {
  test('is replaced without a gap, and rolled back if it does not become healthy', async () => {
    const { get } = await deploy();
    expect(get('backend-service').inputs).toMatchObject({
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      waitForSteadyState: false,
      networkConfiguration: { assignPublicIp: false },
    });
    expect(get('backend-service').ignoreChanges).toEqual(['desiredCount']);
    expect((await deploy({ scaling: undefined })).get('backend-service').ignoreChanges).toEqual([]);
  });

  test('has TLS in front of it, and a redirect', async () => {
    const { get } = await deploy();
    expect(get('edge-serving').inputs).toMatchObject({
      port: 443,
      protocol: 'HTTPS',
      certificateArn: 'arn:certificate-certificate',
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-PQ-2025-09',
    });
    expect(get('edge-redirect').inputs).toMatchObject({
      port: 80,
      defaultActions: [
        {
          type: 'redirect',
          redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' },
        },
      ],
    });
  });

  test('your own certificate needs no zone', async () => {
    const { get, resources } = await deploy({
      edge: { ...awsPlan.edge, zone: undefined, certificate: { kind: 'given', arn: 'arn:mine' } },
    });
    expect(get('edge-serving').inputs).toMatchObject({ certificateArn: 'arn:mine' });
    expect([...resources.keys()].filter((name) => /certificate|edge-record/.test(name))).toEqual(
      [],
    );
  });
});

describe('a preview', () => {
  test('makes no image, runs no task, and takes the image that is not there yet as unknown', async () => {
    const { publisher, work, resources } = await deploy({}, { preview: true });
    expect(publisher.published).toEqual([]);
    expect(work.tasks).toEqual([]);
    expect(resources.has('backend-service')).toBe(true);
  });
});

describe('the provider', () => {
  test('takes account and endpoints from the configuration, region and tags from the stack file', async () => {
    const { get } = await deploy(
      {},
      {
        config: {
          profile: 'shop',
          skipCredentialsValidation: 'true',
          endpoints: '[{"ec2":"http://127.0.0.1:5000"}]',
        },
      },
    );
    expect(get('aws').inputs).toMatchObject({
      region: 'eu-central-1',
      profile: 'shop',
      skipCredentialsValidation: 'true',
      endpoints: '[{"ec2":"http://127.0.0.1:5000"}]',
      defaultTags: JSON.stringify({ tags: awsPlan.tags }),
    });
  });
});
