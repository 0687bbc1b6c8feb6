import { expect, test } from 'vitest';
import { folderWith, projectFiles, run } from '../../../support/unit/cli.ts';

test('the plan of a stack, without Docker and without a secret value', async () => {
  const cwd = folderWith(projectFiles);
  const { code, out, err } = await run(['plan'], { cwd });
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out.slice(0, out.indexOf('\n\nprepare'))).toMatchInlineSnapshot(`
    "stack
      name         shop-dev
      target       docker
      environment  development (NODE_ENV development)
      url          http://localhost:9000
      network      shop-dev

    images
      source  not chosen yet: the first \`up\` chooses it (official if a registry answers, otherwise built from Debian packages)

    database
      server       PostgreSQL at database:5432 of the stack's network
      search_path  medusa, extensions
      volume       shop-dev-postgres-data, kept on destroy
      limits       1 CPU, 1 GiB

    redis
      server      Redis at redis:6379 of the stack's network
      persistent  yes
      volume      shop-dev-redis-data, kept on destroy
      limits      0.5 CPU, 256 MiB"
  `);
  expect(out).toMatch(/^ {2}JWT_SECRET +<secret jwt> {2}\(secrets\.jwt\)$/m);
  expect(out).toMatch(/^ {2}log-ins +100 of one address in 5 minutes$/m);
});

test('a stack without a limit of log-ins is said to have none', async () => {
  const cwd = folderWith({
    ...projectFiles,
    'stacks/free.yaml': 'target: docker\nedge: { loginLimit: false }\n',
  });
  const { out } = await run(['plan', '-s', 'free'], { cwd });
  expect(out).toMatch(/^ {2}log-ins +no limit$/m);
});

test('a CORS list that allows nobody is said to', async () => {
  const cwd = folderWith({
    ...projectFiles,
    'stacks/closed.yaml':
      'target: docker\ncors: { admin: [], store: [https://shop.example.com] }\n',
  });
  const { out } = await run(['plan', '-s', 'closed'], { cwd });
  expect(out.match(/^ {2}\w+_CORS.*/gm)).toEqual([
    '  ADMIN_CORS          https://none.invalid, no origin is allowed  (cors.admin)',
    '  STORE_CORS          https://shop.example.com  (cors.store)',
  ]);
});

test('--json is the plan itself; images are null until they are chosen', async () => {
  const cwd = folderWith(projectFiles);
  const { code, out } = await run(['plan', '--json'], { cwd });
  const plan = JSON.parse(out);
  expect(code).toBe(0);
  expect(plan.name).toBe('shop-dev');
  expect(plan.images).toBeNull();
});

test('the images of the lock are shown', async () => {
  const image = (name: string) => ({ ref: `sha256:${'1'.repeat(64)}`, name, version: '1.2' });
  const lock = {
    dev: {
      source: 'debian',
      images: {
        postgres: { ...image('medusa-infra/postgres:15'), version: '15.14' },
        redis: { ...image('medusa-infra/redis:7'), version: '7.0.15' },
        node: { ...image('medusa-infra/node:22'), version: '22.23.3' },
        edge: { ...image('medusa-infra/edge:2'), version: '2.6.2' },
      },
    },
  };
  const cwd = folderWith({
    ...projectFiles,
    'stacks/images.lock.yaml': JSON.stringify(lock),
  });
  const { out } = await run(['plan'], { cwd });
  expect(out).toContain('  source    debian (pinned in images.lock.yaml)\n');
  expect(out).toContain(
    `  postgres  medusa-infra/postgres:15, version 15.14, sha256:${'1'.repeat(64)}\n`,
  );
});

test('the plan of a stack on AWS: what is made, who may do what, and an estimate of its costs', async () => {
  const cwd = folderWith({
    ...projectFiles,
    'stacks/prod.yaml': [
      'target: aws',
      'backend: { image: "shop:1", replicas: 2 }',
      'edge: { host: shop.example.com }',
      'aws:',
      '  region: us-east-1',
      '  network: { flowLogs: true }',
      '  database: { kind: aurora }',
      '  backend: { autoscaling: { max: 4, requests: 600 }, policies: ["arn:aws:iam::123456789012:policy/uploads"] }',
      '  edge: { zone: example.com, accessLogs: true, waf: true }',
      '',
    ].join('\n'),
  });
  const { code, out, err } = await run(['plan', '-s', 'prod'], { cwd });
  expect(err).toBe('');
  expect(code).toBe(0);
  const shown = out
    .replace(/\nprepare\n.*?(?=\nservice\n)/s, '')
    .replace(/\nsecrets\n.*?(?=\nroles\n)/s, '');
  expect(shown).toMatchInlineSnapshot(`
    "stack
      name         shop-prod
      target       aws
      environment  production (NODE_ENV production)
      url          https://shop.example.com

    images
      source  not chosen yet: the first \`up\` chooses it (official if a registry answers, otherwise built from Debian packages)

    network
      region       us-east-1
      VPC          10.0.0.0/16 over 2 zones
      way out      a NAT gateway in each zone
      flow logs    /medusa-infra/shop-prod/flow, 90 days
      to edge      from world on 443, from world on 80
      to backend   from edge on 9000
      to database  from backend on 5432
      to redis     from backend on 6379

    database
      server    Aurora PostgreSQL 17, serverless, port 5432, 2 instances
      capacity  0.5 to 4 units each
      backups   any point in the last 14 days, 02:00-03:00 UTC
      kept by   deletion protection, a final snapshot

    redis
      server     ElastiCache Redis 7.1, 2 x cache.t4g.micro, port 6379, TLS
      failover   to a node in another zone
      snapshots  kept for 7 days

    service
      tasks       2 on Fargate (X86_64), 0.5 CPU, 1024 MiB each
      scaling     2 to 4, for 600 requests per minute and task
      capacity    1 FARGATE
      order       prepare-sql -> prepare-migrate -> backend
      repository  shop-prod in ECR
      shell       none

    edge
      host         shop.example.com, port 443 (80 redirects)
      tls          an ACM certificate, validated in the zone; ELBSecurityPolicy-TLS13-1-2-PQ-2025-09
      zone         example.com
      access logs  a bucket of the stack, 90 days
      firewall     AWSManagedRulesCommonRuleSet, AWSManagedRulesAmazonIpReputationList, AWSManagedRulesKnownBadInputsRuleSet, AWSManagedRulesSQLiRuleSet

    roles
      execution  Starts the tasks: images, secrets, logs: GetRegistryToken, PullImages, WriteLogs, ReadSecrets, DecryptSecrets
      task       What the backend itself may do in AWS: arn:aws:iam::123456789012:policy/uploads
      flow-logs  Writes the flow logs of the VPC: WriteFlowLogs

    estimate of a month in USD (list prices of us-east-1, 2026-11)
      NAT                         73.00  2 x gateway with its address at 36.50
      database                    87.60  1 x Aurora capacity unit (the least) at 87.60
      database storage             1.00  10 x GiB in use (10 assumed) at 0.100
      Redis                       23.36  2 x cache.t4g.micro at 11.68
      backend                     36.04  2 x task (0.5 CPU, 1 GiB) at 18.02
      load balancer               16.43  1 x load balancer at 16.43
      load balancer addresses      7.30  2 x public IPv4 address at 3.65
      web ACL                      5.00  1 x web ACL at 5.00
      web ACL rules                6.00  6 x rule at 1.00
      secrets                      2.40  6 x secret at 0.400
      key                          1.00  1 x KMS key at 1.00
      total                      259.13  without traffic (NAT, load balancer, between zones, to the internet); logs, metrics and access logs; backups beyond the size of the database; images in ECR; the hosted zone; taxes and discounts
    "
  `);
});

test('a server that is your own has its own lines on AWS as well', async () => {
  const cwd = folderWith({
    ...projectFiles,
    'stacks/prod.yaml': [
      'target: aws',
      'environment: development',
      'edge: { tls: off, trustForwarded: true, host: shop.example.com }',
      'database: { external: { url: { secret: databaseUrl } } }',
      'redis: { external: { url: { secret: redisUrl } } }',
      'secrets: { databaseUrl: { from: config }, redisUrl: { from: config } }',
      'aws:',
      '  region: us-east-1',
      '  network: { vpc: vpc-0a1b2c3d, publicSubnets: [subnet-0a1b2c3d, subnet-1a1b2c3d], privateSubnets: [subnet-2a1b2c3d, subnet-3a1b2c3d] }',
      '  backend: { spotPercent: 50 }',
      '',
    ].join('\n'),
  });
  const { out } = await run(['plan', '-s', 'prod'], { cwd });
  for (const line of [
    '  VPC         your own, vpc-0a1b2c3d',
    '  server       your own, at the URL in secret databaseUrl',
    '  server  your own, at the URL in secret redisUrl',
    '  capacity    1 FARGATE : 1 FARGATE_SPOT',
    '  shell       aws ecs execute-command',
    '  tls   none here',
  ]) {
    expect(out.split('\n')).toContain(line);
  }
});

test('the plan of a stack on AWS holds nothing of the containers on Docker', async () => {
  const image = (name: string) => ({ ref: `sha256:${'1'.repeat(64)}`, name, version: '15.2' });
  const all = Object.fromEntries(['postgres', 'redis', 'node', 'edge'].map((n) => [n, image(n)]));
  const cwd = folderWith({
    ...projectFiles,
    'stacks/prod.yaml':
      'target: aws\nbackend: { image: "shop:1", replicas: 2 }\nedge: { host: shop.example.com }\naws: { region: us-east-1, edge: { zone: example.com } }\n',
    'stacks/images.lock.yaml': JSON.stringify({ prod: { source: 'debian', images: all } }),
  });
  const plan = JSON.parse((await run(['plan', '-s', 'prod', '--json'], { cwd })).out);
  expect(Object.keys(plan)).not.toContain('network');
  expect(Object.keys(plan)).not.toContain('proxy');
  expect(plan.edge).toEqual({
    host: 'shop.example.com',
    port: 443,
    tls: 'auto',
    url: 'https://shop.example.com',
    publicUrl: 'https://shop.example.com',
  });
  expect(Object.keys(plan.images.images)).toEqual(['postgres']);
});
