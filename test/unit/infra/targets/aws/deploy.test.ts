import { RandomId } from '@pulumi/random/randomId.js';
import { describe, expect, test, vi } from 'vitest';
import { afterResource } from '../../../../../infra/after-resource.ts';
import { StackSecrets } from '../../../../../infra/secrets.ts';
import { deployToAws } from '../../../../../infra/targets/aws/deploy.ts';
import { awsFacts } from '../../../../../infra/targets/aws/facts.ts';
import { stackProvider } from '../../../../../infra/targets/aws/provider.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import type { AwsResources } from '../../../../../src/derive/plan.ts';
import { UserError } from '../../../../../src/errors.ts';
import {
  answers,
  FakePublisher,
  FakeWatch,
  FakeWork,
  outputs,
} from '../../../../support/unit/aws-fakes.ts';
import { awsPlan, withAwsResources } from '../../../../support/unit/aws-plan.ts';
import { type Registered, register } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

// A hundred resources through Pulumi's own runtime, many times.
vi.setConfig({ testTimeout: 60_000 });

let production: ReturnType<typeof deployChanged> | undefined;

/** The unchanged stack is deployed once: its resources do not change from test to test. */
function deploy(...args: Parameters<typeof deployChanged>): ReturnType<typeof deployChanged> {
  if (args.length > 0) return deployChanged(...args);
  production ??= deployChanged();
  return production;
}

async function deployChanged(
  change: Partial<AwsResources> = {},
  options: {
    readonly preview?: boolean;
    readonly publisher?: FakePublisher;
    readonly work?: FakeWork;
    readonly watch?: FakeWatch;
    readonly answers?: Readonly<Record<string, object | (() => object)>>;
    readonly config?: Readonly<Record<string, string>>;
  } = {},
) {
  const aws = { ...awsPlan, ...change };
  const plan = withAwsResources(
    {
      ...derivePlan(fixtures.staging, { ...fixtures.options, project: 'shop', stack: 'prod' }),
      backend: {
        ...derivePlan(fixtures.staging, fixtures.options).backend,
        image: { reference: 'ghcr.io/acme/shop:1.4.2' },
        environment: [],
      },
    },
    aws,
  );
  const publisher = options.publisher ?? new FakePublisher();
  const work = options.work ?? new FakeWork();
  const watch = options.watch ?? new FakeWatch();
  const supplied = { stripeApiKey: 'supplied://stripe' };
  let refused: unknown;
  const resources = await register(
    async () => {
      const provider = stackProvider(aws, options.config ?? {});
      const facts = await awsFacts(plan, { provider }).catch((error: unknown) => {
        refused = error;
      });
      if (!facts) return;
      deployToAws({
        plan,
        provider,
        facts,
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        publisher,
        work,
        watch,
        prepareScript: '// prepare',
      });
    },
    {
      preview: options.preview ?? false,
      answers: { ...answers, ...options.answers },
      outputs,
    },
  );
  if (refused) throw refused;
  const get = (name: string): Registered => {
    const found = resources.get(name);
    if (!found) throw new Error(`no resource ${name}; there are ${[...resources.keys()]}`);
    return found;
  };
  return { resources, get, publisher, work, watch };
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

const jsonOf = (value: unknown) => JSON.parse(String(value)) as Record<string, never>;
/** An input that is a Pulumi secret; one that is not fails. */
const secretOf = (input: unknown) => (input as { value?: unknown } | undefined)?.value;
const containersOf = (definition: Registered) =>
  jsonOf(definition.inputs['containerDefinitions']) as unknown as Record<string, unknown>[];

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

describe('the task', () => {
  test('has no secret in it: only names of secrets at the versions that this run wrote', async () => {
    const { get, resources } = await deploy();
    const [sql, migrate, backend] = containersOf(get('task-definition'));
    expect({ sql: sql?.['secrets'], migrate: migrate?.['secrets'] }).toMatchInlineSnapshot(`
      {
        "migrate": [
          {
            "name": "DATABASE_URL",
            "valueFrom": "arn:vault-backend-DATABASE_URL:::version-of-vault-backend-DATABASE_URL-value",
          },
          {
            "name": "REDIS_URL",
            "valueFrom": "arn:vault-backend-REDIS_URL:::version-of-vault-backend-REDIS_URL-value",
          },
        ],
        "sql": [
          {
            "name": "PGPASSWORD",
            "valueFrom": "arn:master:password::",
          },
        ],
      }
    `);
    expect(backend?.['secrets']).toEqual(migrate?.['secrets']);
    for (const { name, type, inputs } of resources.values()) {
      if (/SecretVersion$|ReplicationGroup$/.test(type)) continue;
      expect(JSON.stringify(inputs), name).not.toMatch(/value-of-secret|supplied:/);
    }
  });

  test('prepares, migrates, then serves, each after the success of the one before', async () => {
    const { get } = await deploy();
    expect(
      containersOf(get('task-definition')).map(({ name, essential, dependsOn }) => ({
        name,
        essential,
        dependsOn,
      })),
    ).toEqual([
      { name: 'prepare-sql', essential: false },
      {
        name: 'prepare-migrate',
        essential: false,
        dependsOn: [{ containerName: 'prepare-sql', condition: 'SUCCESS' }],
      },
      {
        name: 'backend',
        essential: true,
        dependsOn: [{ containerName: 'prepare-migrate', condition: 'SUCCESS' }],
      },
    ]);
  });

  test('reaches the database by the name that AWS chose, in plain variables and in URLs alike', async () => {
    const { get } = await deploy();
    const [sql] = containersOf(get('task-definition'));
    expect(sql?.['environment']).toEqual([{ name: 'PGHOST', value: 'db.internal' }]);
    expect(secretOf(get('vault-backend-DATABASE_URL-value').inputs['secretString'])).toBe(
      'postgres://medusa_a:value-of-secret-database-v2@db.internal',
    );
  });

  test('runs images by digest, from the stack’s own repository', async () => {
    const { get, publisher } = await deploy();
    const tags = publisher.published.map(({ tag }) => tag);
    const url = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/prod';
    expect(containersOf(get('task-definition')).map(({ image }) => image)).toEqual([
      `${url}@sha256:${tags.find((tag) => tag.startsWith('sql-'))}`,
      `${url}@sha256:${tags.find((tag) => tag.startsWith('release-'))}`,
      `${url}@sha256:${tags.find((tag) => tag.startsWith('release-'))}`,
    ]);
    expect(get('images-repository').inputs).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    });
  });

  test('waits for all that it needs', async () => {
    const { get } = await deploy();
    expect(get('backend-service').dependsOn).toEqual(
      expect.arrayContaining([
        'fargate-capacity',
        'prepared',
        'database-instance',
        'edge-redirect',
        'edge-serving',
        'execution-role-policy',
        'network-private-1-internet',
        'redis-group',
        'security-groups-backend-to-database',
      ]),
    );
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
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
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

describe('roles', () => {
  test('the execution role reads the stack’s own secrets and nothing else', async () => {
    const { get } = await deploy();
    expect(jsonOf(get('execution-role-policy').inputs['policy'])).toMatchInlineSnapshot(`
      {
        "Statement": [
          {
            "Action": [
              "secretsmanager:GetSecretValue",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:vault-backend-DATABASE_URL",
              "arn:vault-backend-REDIS_URL",
              "arn:master",
            ],
            "Sid": "Secrets",
          },
          {
            "Action": [
              "kms:Decrypt",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:key-key",
            ],
            "Sid": "Key",
          },
          {
            "Action": [
              "ecr:BatchGetImage",
              "ecr:GetDownloadUrlForLayer",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:images-repository",
            ],
            "Sid": "Pull",
          },
          {
            "Action": [
              "logs:CreateLogStream",
              "logs:PutLogEvents",
            ],
            "Effect": "Allow",
            "Resource": [
              "arn:logs-group:*",
            ],
            "Sid": "Logs",
          },
        ],
        "Version": "2012-10-17",
      }
    `);
  });

  test('a role without statements has no policy', async () => {
    const { resources } = await deploy();
    expect([...resources.keys()].filter((name) => name.startsWith('task-role'))).toEqual([
      'task-role',
      'task-role-role',
    ]);
  });
});

describe('other shapes', () => {
  test('Aurora: a cluster with its capacity, and instances that the service waits for', async () => {
    const { kind, storageGib, maxStorageGib, storageType, multiAz, ...common } =
      awsPlan.database as Extract<AwsResources['database'], { kind: 'rds' }>;
    const { get } = await deploy({
      database: {
        ...common,
        kind: 'aurora',
        capacity: { min: 0.5, max: 4 },
        instances: 2,
        instanceClass: 'db.serverless',
      },
    });
    expect(get('database-cluster').inputs).toMatchObject({
      engine: 'aurora-postgresql',
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
      storageEncrypted: true,
      manageMasterUserPassword: true,
    });
    expect(get('backend-service').dependsOn).toEqual(
      expect.arrayContaining(['database-instance-1', 'database-instance-2']),
    );
  });

  test('without NAT: endpoints in the VPC, and no way out', async () => {
    const { resources } = await deploy({
      network: {
        ...(awsPlan.network as Extract<AwsResources['network'], { kind: 'own' }>),
        nat: 'none',
        interfaceEndpoints: ['ecr.api', 'logs'],
      },
      securityGroups: [
        ...awsPlan.securityGroups,
        { name: 'endpoints', description: 'Endpoints', ingress: [], egress: [] },
      ],
    });
    const names = [...resources.keys()];
    expect(names.filter((name) => /nat|private-\d-internet/.test(name))).toEqual([]);
    expect(names.filter((name) => name.startsWith('endpoints-'))).toEqual([
      'endpoints-ecr-api',
      'endpoints-logs',
    ]);
  });

  test('one NAT: both private subnets go through it', async () => {
    const { resources, get } = await deploy({
      network: {
        ...(awsPlan.network as Extract<AwsResources['network'], { kind: 'own' }>),
        nat: 'single',
      },
    });
    expect([...resources.keys()].filter((name) => /nat-\d$/.test(name))).toEqual(['network-nat-1']);
    expect(get('network-private-2-internet').inputs['natGatewayId']).toBe('network-nat-1-id');
  });

  test('your own VPC is used as it is', async () => {
    const { resources, get } = await deploy({
      network: {
        kind: 'existing',
        vpcId: 'vpc-1',
        publicSubnetIds: ['subnet-1', 'subnet-2'],
        privateSubnetIds: ['subnet-3', 'subnet-4'],
      },
    });
    expect([...resources.keys()].filter((name) => name.startsWith('network'))).toEqual([]);
    expect(get('edge-alb').inputs['subnets']).toEqual(['subnet-1', 'subnet-2']);
    expect(get('backend-service').inputs['networkConfiguration']).toMatchObject({
      subnets: ['subnet-3', 'subnet-4'],
    });
  });

  test('your own key, repository and bucket are used as they are', async () => {
    const { resources, get } = await deploy({
      key: { ...awsPlan.key, arn: 'arn:mine' },
      registry: { ...awsPlan.registry, url: 'ghcr.io/acme/shop' },
      edge: { ...awsPlan.edge, accessLogs: { bucket: 'mine', prefix: 'edge', days: 90 } },
    });
    const own = /^(key|images|access-logs)/;
    expect([...resources.keys()].filter((name) => own.test(name))).toEqual([]);
    expect(get('redis-group').inputs['kmsKeyId']).toBe('arn:mine');
    expect(get('edge-alb').inputs['accessLogs']).toMatchObject({ bucket: 'mine' });
  });

  test('a firewall with a rate limit and managed rules', async () => {
    const { get } = await deploy({
      edge: {
        ...awsPlan.edge,
        waf: { managedRules: ['AWSManagedRulesCommonRuleSet'], rateLimit: 2000 },
      },
    });
    expect(get('firewall-association').inputs).toEqual({
      resourceArn: 'arn:edge-alb',
      webAclArn: 'arn:firewall-acl',
    });
    expect(get('firewall-acl').inputs['rules']).toMatchObject([
      { name: 'rate-limit', priority: 0, statement: { rateBasedStatement: { limit: 2000 } } },
      { name: 'AWSManagedRulesCommonRuleSet', priority: 1, overrideAction: { none: {} } },
    ]);
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

/** What earlier runs have noted: the versions that were retired, and what prepared the database. */
const marked = (
  retired: string,
  prepared = 'arn:prepare-definition database=2 redis=2 database-keeps=1',
) => ({
  'aws:ssm/getParametersByPath:getParametersByPath': {
    names: ['/shop/prod/prepared', '/shop/prod/retired'],
    values: [prepared, retired],
  },
});

describe('before a release', () => {
  test('the database is prepared, once all that a task needs is there, and that is noted', async () => {
    const { work, get } = await deploy(
      {},
      { answers: marked('database=2 redis=2', 'arn:prepare-definition:6 database=2 redis=2') },
    );
    expect(work.tasks).toMatchObject([
      {
        title: 'prepare',
        clusterArn: 'arn:fargate-cluster',
        taskDefinitionArn: 'arn:prepare-definition',
        logGroup: '/shop/prod',
        timeoutSeconds: 720,
        containers: [
          { name: 'prepare-sql', logPrefix: 'prepare-sql' },
          { name: 'prepare-migrate', logPrefix: 'prepare-migrate' },
        ],
        subnetIds: ['network-private-1-id', 'network-private-2-id'],
        securityGroupId: 'security-groups-backend-id',
      },
    ]);
    expect(get('prepare-definition').dependsOn).toEqual(
      expect.arrayContaining(['database-instance', 'execution-role-policy', 'redis-group']),
    );
    expect(get('prepared').inputs).toMatchObject({
      name: '/shop/prod/prepared',
      insecureValue: 'arn:prepare-definition database=2 redis=2 database-keeps=1',
    });
    expect(get('backend-service').dependsOn).toContain('prepared');
  });

  test('once: a run that finds the same revision noted does nothing', async () => {
    const { work } = await deploy({}, { answers: marked('database=2 redis=2 database-keeps=1') });
    expect(work.tasks).toEqual([]);
  });
});

describe('a release', () => {
  test('is watched until it serves, by what its tasks could show of secrets too', async () => {
    const { watch, get } = await deploy();
    expect(watch.watched).toEqual([
      {
        clusterArn: 'arn:fargate-cluster',
        serviceName: awsPlan.service.name,
        taskDefinitionArn: 'arn:task-definition',
        logGroup: '/shop/prod',
        containers: awsPlan.task.containers,
        timeoutSeconds: 1200,
        secrets: [
          'postgres://medusa_a:value-of-secret-database-v2@db.internal',
          'rediss://:value-of-secret-redis-v2@redis.internal:6379',
        ],
      },
    ]);
    expect(get('release').type).toBe('medusa-infra:aws:ServedRelease');
  });

  test('that does not serve keeps what comes after it from being done', async () => {
    await register(async () => {
      const service = new RandomId('service', { byteLength: 1 });
      const served = afterResource(service, 'release', async () => {
        throw new UserError('the release failed');
      });
      const work = new FakeWork();
      await expect(
        afterResource(served, 'password', (password) => work.setRedisPassword('redis', password)),
      ).rejects.toThrow('the release failed');
      expect(work.passwords).toEqual([]);
    });
  });

  test('is not watched in a preview', async () => {
    const { watch } = await deploy({}, { preview: true });
    expect(watch.watched).toEqual([]);
  });
});

describe('the end of a rotation', () => {
  test('old credentials are taken out of service after the service is steady, and that is noted', async () => {
    const { work, get } = await deploy({}, { answers: marked('database=1 redis=1') });
    expect(work.tasks).toMatchObject([
      {
        title: 'retire',
        clusterArn: 'arn:fargate-cluster',
        taskDefinitionArn: 'arn:retire-definition',
        logGroup: '/shop/prod',
        timeoutSeconds: 300,
        subnetIds: ['network-private-1-id', 'network-private-2-id'],
        securityGroupId: 'security-groups-backend-id',
      },
    ]);
    expect(work.passwords).toEqual([
      { id: 'redis-group-id', password: 'value-of-secret-redis-v2' },
    ]);
    expect(get('retired').inputs).toMatchObject({
      name: '/shop/prod/retired',
      insecureValue: 'database=2 redis=2 database-keeps=1',
    });
    expect(get('retired').dependsOn).toContain('backend-service');
  });

  test('once: a run that changes no version does nothing', async () => {
    const { work } = await deploy({}, { answers: marked('database=2 redis=2 database-keeps=1') });
    expect(work).toMatchObject({ tasks: [], passwords: [] });
  });

  test('work that fails keeps what depends on it from being made', async () => {
    await register(async () => {
      const resource = new RandomId('resource', { byteLength: 1 });
      await expect(
        afterResource(resource, 'value', async (value) => {
          throw new UserError(`failed with ${value}`);
        }),
      ).rejects.toThrow('failed with value');
    });
  });
});

describe('what the account lacks is said before anything is made', () => {
  test('a hosted zone', async () => {
    const refused = deploy(
      { edge: { ...awsPlan.edge, zone: { name: 'example.org' } } },
      {
        answers: {
          'aws:route53/getZone:getZone': () => {
            throw new Error('no matching Route 53 Hosted Zone found');
          },
        },
      },
    );
    await expect(refused).rejects.toThrow(
      'aws.edge.zone: this account has no public hosted zone example.org; create it in Route 53, or name another',
    );
  });

  test('availability zones', async () => {
    const refused = deploy(
      {},
      {
        answers: {
          'aws:index/getAvailabilityZones:getAvailabilityZones': { names: ['eu-central-1a'] },
        },
      },
    );
    await expect(refused).rejects.toThrow(
      'aws.network.zones: eu-central-1 offers 1 to this account, got 2',
    );
  });
});
