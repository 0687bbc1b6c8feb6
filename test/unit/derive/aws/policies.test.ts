import { describe, expect, test } from 'vitest';
import { policyBreaches } from '../../../../src/derive/aws/policies.ts';
import type { AwsResources, StatementPlan } from '../../../../src/derive/plan.ts';
import { awsPlan } from '../../../support/unit/aws-stacks.ts';

const { aws } = awsPlan();
const withStatement = (statement: Partial<StatementPlan>): AwsResources => ({
  ...aws,
  roles: [
    {
      name: 'task',
      assumedBy: 'ecs-tasks.amazonaws.com',
      about: '',
      policyArns: [],
      statements: [
        {
          sid: 'Test',
          actions: ['s3:GetObject'],
          resources: ['arn:aws:s3:::b/k'],
          reason: '',
          ...statement,
        },
      ],
    },
  ],
});

describe('a plan keeps its policies', () => {
  test.each([
    ['as it comes', {}],
    ['with a shell', { aws: 'backend: { exec: true }', environment: 'staging' } as const],
    ['with flow logs', { aws: 'network: { flowLogs: true }' }],
    ['on Aurora', { aws: 'database: { kind: aurora }' }],
    ['without a NAT', { aws: 'network: { nat: none }', environment: 'staging' } as const],
  ])('%s', (_, text) => {
    expect(policyBreaches(awsPlan(text).aws)).toEqual([]);
  });
});

describe('a breach is named', () => {
  test.each([
    [
      'a public database',
      {
        ...aws,
        securityGroups: aws.securityGroups.map((group) =>
          group.name === 'database'
            ? {
                ...group,
                ingress: [{ name: 'x', peer: 'world', port: 5432, description: '' } as const],
              }
            : group,
        ),
      },
      'no-public-server: database lets the world in on 5432',
    ],
    [
      'a wildcard action',
      withStatement({ actions: ['s3:*'] }),
      'no-wildcard: role task may s3:* (Test)',
    ],
    [
      'a wildcard resource',
      withStatement({ resources: ['*'] }),
      'no-wildcard: role task may s3:GetObject on everything',
    ],
    [
      'a plain PostgreSQL',
      { ...aws, database: aws.database && { ...aws.database, parameters: [] } },
      'tls: PostgreSQL takes connections without TLS',
    ],
    [
      'an old TLS policy',
      { ...aws, edge: { ...aws.edge, tlsPolicy: 'ELBSecurityPolicy-2016-08' } },
      "tls: the load balancer's policy ELBSecurityPolicy-2016-08 lacks TLS 1.3",
    ],
    [
      'a secret in the clear',
      {
        ...aws,
        retire: aws.retire && {
          ...aws.retire,
          containers: aws.retire.containers.map((each) => ({
            ...each,
            environment: { PGPASSWORD: [{ secret: 'x' }] },
          })),
        },
      },
      'no-plain-secret: PGPASSWORD of retire holds one in the clear',
    ],
  ])('%s', (_, plan, breach) => {
    expect(policyBreaches(plan as AwsResources)).toEqual([breach]);
  });
});

describe('roles', () => {
  const role = (plan: AwsResources, name: string) => plan.roles.find((each) => each.name === name);

  test('the one that starts tasks reads the stack’s secrets and nothing else', () => {
    const statements = role(aws, 'execution')?.statements ?? [];
    expect(
      statements.map(({ sid, actions, resources }) => [sid, actions.length, resources]),
    ).toEqual([
      ['GetRegistryToken', 1, ['*']],
      ['PullImages', 3, [{ ref: 'repository' }]],
      ['WriteLogs', 2, [{ ref: 'log-group', suffix: ':*' }]],
      ['ReadSecrets', 1, [{ ref: 'secrets' }, { ref: 'master-secret' }]],
      ['DecryptSecrets', 1, [{ ref: 'key' }]],
    ]);
    for (const { reason } of statements) expect(reason).not.toBe('');
  });

  test('the backend itself may do nothing, but for what the file names', () => {
    expect(role(aws, 'task')).toMatchObject({ statements: [], policyArns: [] });
    const arn = 'arn:aws:iam::123456789012:policy/uploads';
    const plan = awsPlan({ aws: `backend: { policies: ['${arn}'] }` }).aws;
    expect(role(plan, 'task')?.policyArns).toEqual([arn]);
  });

  test('a repository of your own: in ECR by its ARN, elsewhere without rights in AWS', () => {
    const ofRepository = (repository: string) =>
      role(awsPlan({ aws: `backend: { repository: '${repository}' }` }).aws, 'execution')
        ?.statements.filter(({ sid }) => sid === 'PullImages')
        .flatMap(({ resources }) => resources);
    expect(ofRepository('123456789012.dkr.ecr.us-east-1.amazonaws.com/acme/shop')).toEqual([
      'arn:aws:ecr:us-east-1:123456789012:repository/acme/shop',
    ]);
    expect(ofRepository('ghcr.io/acme/shop')).toEqual([]);
  });

  test('all of them have the boundary of the file, and without it none', () => {
    const permissionsBoundary = 'arn:aws:iam::123456789012:policy/workload-boundary';
    const text = `permissionsBoundary: '${permissionsBoundary}', network: { flowLogs: true }`;
    const { roles } = awsPlan({ aws: text }).aws;
    expect(roles.map((each) => [each.name, each.permissionsBoundary])).toEqual([
      ['execution', permissionsBoundary],
      ['task', permissionsBoundary],
      ['flow-logs', permissionsBoundary],
    ]);
    for (const each of aws.roles) expect(each).not.toHaveProperty('permissionsBoundary');
  });

  test('flow logs have a role of their own', () => {
    const plan = awsPlan({ aws: 'network: { flowLogs: true }' }).aws;
    expect(role(plan, 'flow-logs')?.statements[0]?.resources).toEqual([
      { ref: 'flow-log-group', suffix: ':*' },
    ]);
    expect(role(aws, 'flow-logs')).toBeUndefined();
  });
});
