import { describe, expect, test } from 'vitest';
import { RDS_CA_PATH } from '../../../../src/container/paths.ts';
import { awsName } from '../../../../src/derive/aws/names.ts';
import { subnetCidrs } from '../../../../src/derive/aws/network.ts';
import { scramVerifier } from '../../../../src/derive/scram.ts';
import { LOGIN_PATH } from '../../../../src/logins.ts';
import { awsPlan } from '../../../support/unit/aws-stacks.ts';

const container = (plan: ReturnType<typeof awsPlan>, name: string) => {
  const found = plan.aws.task.containers.find((each) => each.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
};

describe('the network', () => {
  test('a third zone comes beside the others', () => {
    expect(subnetCidrs('10.0.0.0/16', 3)).toEqual([
      { privateCidr: '10.0.0.0/19', publicCidr: '10.0.32.0/21' },
      { privateCidr: '10.0.64.0/19', publicCidr: '10.0.96.0/21' },
      { privateCidr: '10.0.128.0/19', publicCidr: '10.0.160.0/21' },
    ]);
    expect(subnetCidrs('192.168.240.0/20', 2)).toEqual([
      { privateCidr: '192.168.240.0/23', publicCidr: '192.168.242.0/25' },
      { privateCidr: '192.168.244.0/23', publicCidr: '192.168.246.0/25' },
    ]);
  });

  test('without a NAT: endpoints, and no way to the world', () => {
    const { network, securityGroups } = awsPlan({
      aws: 'network: { nat: none }, backend: { exec: true }',
      environment: 'staging',
    }).aws;
    expect(network).toMatchObject({
      nat: 'none',
      interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssmmessages'],
      gatewayEndpoints: ['s3'],
    });
    const backend = securityGroups.find(({ name }) => name === 'backend');
    expect(backend?.egress.map(({ peer, port }) => [peer, port])).toEqual([
      ['database', 5432],
      ['redis', 6379],
      ['endpoints', 443],
      ['s3', 443],
    ]);
    expect(securityGroups.at(-1)).toMatchObject({
      name: 'endpoints',
      ingress: [{ peer: 'backend', port: 443 }],
      egress: [],
    });
  });

  test('your own VPC is taken as it is', () => {
    const { network } = awsPlan({
      aws: 'network: { vpc: vpc-0a1b2c3d, publicSubnets: [subnet-0a1b2c3d, subnet-1a1b2c3d], privateSubnets: [subnet-2a1b2c3d, subnet-3a1b2c3d] }',
    }).aws;
    expect(network).toEqual({
      kind: 'existing',
      vpcId: 'vpc-0a1b2c3d',
      publicSubnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
      privateSubnetIds: ['subnet-2a1b2c3d', 'subnet-3a1b2c3d'],
    });
  });

  test('groups name each other; the world comes in at the load balancer alone', () => {
    const { securityGroups } = awsPlan().aws;
    expect(
      securityGroups.map(({ name, ingress }) => [
        name,
        ingress.map(({ peer, port }) => `${peer}:${port}`),
      ]),
    ).toEqual([
      ['edge', ['world:443', 'world:80']],
      ['backend', ['edge:9000']],
      ['database', ['backend:5432']],
      ['redis', ['backend:6379']],
    ]);
  });
});

describe('the task', () => {
  test('prepares, migrates and serves, each when the one before has succeeded', () => {
    const { task } = awsPlan().aws;
    expect(
      task.containers.map(({ name, image, dependsOnSuccess, essential, entryPoint, command }) => [
        name,
        image,
        dependsOnSuccess,
        essential,
        [...entryPoint, ...command].join(' '),
      ]),
    ).toEqual([
      [
        'prepare-sql',
        'sql',
        [],
        false,
        'timeout 120 psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --file /opt/medusa-infra/prepare.sql',
      ],
      ['prepare-migrate', 'release', ['prepare-sql'], false, 'node /opt/medusa-infra/prepare.cjs'],
      ['backend', 'release', ['prepare-migrate'], true, 'node node_modules/.bin/medusa start'],
    ]);
    expect(task).toMatchObject({ cpuUnits: 512, memoryMib: 1024, architecture: 'X86_64' });
  });

  test('a container that others wait for ends before Fargate gives up on it after 3 minutes', () => {
    const { task } = awsPlan().aws;
    const [sql, migrate] = task.containers;
    const config = JSON.parse(String(migrate?.environment['PREPARE_CONFIG']?.[0]));
    expect(config).toMatchObject({ lockTimeoutSeconds: 45, timeoutSeconds: 90 });
    expect(Number(sql?.command[0])).toBeLessThan(180);
  });

  test('before a release the same is done by a task of its own, with the time that migrations may take', () => {
    const { prepare } = awsPlan().aws;
    expect(prepare).toMatchObject({ family: 'acme-prod-prepare', timeoutSeconds: 720 });
    expect(
      prepare.containers.map(({ name, essential, dependsOnSuccess }) => [
        name,
        essential,
        dependsOnSuccess,
      ]),
    ).toEqual([
      ['prepare-sql', false, []],
      ['prepare-migrate', true, ['prepare-sql']],
    ]);
    const config = JSON.parse(
      String(prepare.containers.at(-1)?.environment['PREPARE_CONFIG']?.[0]),
    );
    expect(config).toMatchObject({ lockTimeoutSeconds: 120, timeoutSeconds: 300 });
  });

  test('what runs says with which versions of the generated secrets', () => {
    const plan = awsPlan();
    expect(container(plan, 'backend').labels).toEqual({
      'medusa-infra.secret-versions': 'cookie=1 database=1 jwt=1 redis=1',
    });
  });

  test('every secret variable comes by reference, none in plain', () => {
    const plan = awsPlan({
      more: 'backend: { image: "shop:1", replicas: 2, env: { KEY: { secret: key }, PLAIN: x } }\nsecrets: { key: { from: config } }',
    });
    const names = ['COOKIE_SECRET', 'DATABASE_URL', 'JWT_SECRET', 'KEY', 'REDIS_URL'];
    for (const name of ['prepare-migrate', 'backend']) {
      const { secrets, environment } = container(plan, name);
      expect(secrets).toEqual(
        Object.fromEntries(names.map((each) => [each, { kind: 'entry', name: `backend/${each}` }])),
      );
      expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(names));
      expect(environment['PLAIN']).toEqual(['x']);
    }
    expect(plan.aws.secrets.map(({ name }) => name)).toEqual([
      ...names.map((name) => `backend/${name}`),
      'prepare-sql/DATABASE_VERIFIER_V1',
    ]);
  });

  test('the job that prepares logs in as the master, with the password that RDS keeps', () => {
    const { environment, secrets } = container(awsPlan(), 'prepare-sql');
    expect(environment).toMatchObject({
      PGHOST: [{ output: 'databaseHost' }],
      PGUSER: ['medusa_infra'],
      PGSSLMODE: ['verify-full'],
      PGSSLROOTCERT: [RDS_CA_PATH],
    });
    expect(secrets).toEqual({
      PGPASSWORD: { kind: 'master-password' },
      DATABASE_VERIFIER_V1: { kind: 'entry', name: 'prepare-sql/DATABASE_VERIFIER_V1' },
    });
  });

  test('a shell in the container needs a root filesystem that can be written', () => {
    expect(container(awsPlan(), 'backend').readonlyRootFilesystem).toBe(true);
    const staging = awsPlan({ environment: 'staging' });
    expect(container(staging, 'backend').readonlyRootFilesystem).toBe(false);
  });

  test('a start of longer than ECS waits for is bridged by its health check', () => {
    const healthOf = (start: string) =>
      container(
        awsPlan({
          more: `backend: { image: "shop:1", replicas: 2, health: { start: ${start} } }`,
        }),
        'backend',
      ).healthCheck;
    expect(healthOf('120s')).toMatchObject({
      intervalSeconds: 10,
      retries: 3,
      startPeriodSeconds: 120,
    });
    const long = healthOf('30m');
    expect(long).toMatchObject({ retries: 10, startPeriodSeconds: 300 });
    expect(300 + (long?.intervalSeconds ?? 0) * 7).toBeGreaterThanOrEqual(1800);
  });

  test('what the file says of Node’s options stays', () => {
    const optionsOf = (env: string, more = '') =>
      container(
        awsPlan({ more: `backend: { image: "shop:1", replicas: 2, env: { ${env} } }\n${more}` }),
        'backend',
      ).environment['NODE_OPTIONS'];
    expect(optionsOf('A: b')).toEqual(['--require=/opt/medusa-infra/keep-alive.cjs']);
    expect(optionsOf('NODE_OPTIONS: --max-old-space-size=900')?.join('')).toBe(
      '--require=/opt/medusa-infra/keep-alive.cjs --max-old-space-size=900',
    );
    expect(
      optionsOf('NODE_OPTIONS: { secret: options }', 'secrets: { options: { from: config } }'),
    ).toBeUndefined();
  });
});

describe('the service', () => {
  test('never has fewer tasks than it should', () => {
    expect(awsPlan().aws.service).toMatchObject({
      desiredCount: 2,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      capacity: [{ provider: 'FARGATE', base: 0, weight: 1 }],
    });
  });

  test.each([
    [
      25,
      [
        { provider: 'FARGATE', base: 1, weight: 3 },
        { provider: 'FARGATE_SPOT', base: 0, weight: 1 },
      ],
    ],
    [100, [{ provider: 'FARGATE_SPOT', base: 0, weight: 1 }]],
  ])('%d percent on Spot', (percent, capacity) => {
    const { service } = awsPlan({
      aws: `backend: { spotPercent: ${percent} }`,
      environment: 'staging',
    }).aws;
    expect(service.capacity).toEqual(capacity);
  });

  test('grows and shrinks as the file says', () => {
    const { scaling, service } = awsPlan({
      aws: 'backend: { autoscaling: { min: 3, max: 9, requests: 500, schedule: [{ name: sale, at: "at(2026-11-27T06:00:00)", min: 6, max: 12 }] } }',
    }).aws;
    expect(service.desiredCount).toBe(3);
    expect(scaling).toEqual({
      min: 3,
      max: 9,
      requestsPerTarget: 500,
      scaleInCooldownSeconds: 300,
      scaleOutCooldownSeconds: 60,
      schedule: [
        { name: 'sale', schedule: 'at(2026-11-27T06:00:00)', timezone: 'UTC', min: 6, max: 12 },
      ],
    });
  });
});

describe('the load balancer', () => {
  test('leaves a target as long as the backend takes to stop', () => {
    const { edge, task } = awsPlan({
      more: 'backend: { image: "shop:1", replicas: 2, stopGrace: 90s }',
    }).aws;
    expect(edge.deregistrationDelaySeconds).toBe(90);
    expect(task.containers.at(-1)?.stopTimeoutSeconds).toBe(90);
  });

  test('plain HTTP where TLS ends in front of it, whose headers it keeps', () => {
    const { edge } = awsPlan({
      more: 'edge: { host: shop.example.com, tls: off, trustForwarded: true }',
      environment: 'development',
    }).aws;
    expect(edge).toMatchObject({
      certificate: { kind: 'none' },
      port: 80,
      redirectHttp: false,
      xForwardedFor: 'preserve',
    });
  });

  test('logs and firewall, of the stack or your own', () => {
    const own = awsPlan({
      aws: 'logDays: 30, edge: { zone: Z0123456789ABC, accessLogs: true, waf: true }',
    }).aws.edge;
    expect(own.zone).toEqual({ id: 'Z0123456789ABC' });
    expect(own.accessLogs).toEqual({ prefix: 'acme-prod', days: 30 });
    expect(own.waf).toEqual({
      managedRules: [
        'AWSManagedRulesCommonRuleSet',
        'AWSManagedRulesAmazonIpReputationList',
        'AWSManagedRulesKnownBadInputsRuleSet',
        'AWSManagedRulesSQLiRuleSet',
      ],
      countedRules: {
        AWSManagedRulesCommonRuleSet: [
          'SizeRestrictions_BODY',
          'SizeRestrictions_QUERYSTRING',
          'CrossSiteScripting_BODY',
        ],
      },
      rateLimit: 2000,
      loginLimit: { requests: 100, path: LOGIN_PATH },
    });
    const arn = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0a1b2c3d';
    const yours = awsPlan({
      aws: `edge: { zone: example.com, accessLogs: acme-logs, waf: '${arn}' }`,
    }).aws.edge;
    expect(yours.accessLogs).toEqual({ bucket: 'acme-logs', prefix: 'acme-prod', days: 90 });
    expect(yours.waf).toEqual({ arn, managedRules: [] });
  });
});

describe('names and texts', () => {
  test('a name that is too long, or has two dashes, ends with a digest', () => {
    expect(awsName('acme-prod', '-redis', 40)).toBe('acme-prod-redis');
    const long = awsName('a-company-with-a-long-name-production', '-redis', 40);
    expect(long).toMatch(/^a-company-with-a-long-nam-[0-9a-f]{8}-redis$/);
    expect(awsName('acme--0123456789', '', 32)).toMatch(/^acme-0123456789-[0-9a-f]{8}$/);
  });

  test('a verifier is the same for the same password, and not the password', () => {
    const verifier = scramVerifier('correct-horse');
    expect(verifier).toBe(scramVerifier('correct-horse'));
    expect(verifier).not.toBe(scramVerifier('correct-horsf'));
    expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:[\w+/=]{24}\$[\w+/=]{44}:[\w+/=]{44}$/);
  });

  test('China and the government have ARNs of their own', () => {
    const chinese = awsPlan({
      region: 'cn-north-1',
      more: 'database: { external: { url: { secret: u } } }\nsecrets: { u: { from: config } }',
    });
    expect(chinese.aws.partition).toBe('aws-cn');
  });
});
