import { describe, expect, test } from 'vitest';
import { allows } from '../../../../support/iam.ts';
import { ACCOUNT, operatorPoliciesFor } from '../../../../support/operator-policies.ts';

const region = 'eu-central-1';
const here = `${region}:${ACCOUNT}`;
const policies = operatorPoliciesFor({ project: 'shop', stack: 'shop-prod', region, zone: 'Z1' });

type Context = Readonly<Record<string, string>>;
const may = (action: string, resource: string, more: Context = {}) =>
  allows(policies, { action, resource, context: { 'aws:RequestedRegion': region, ...more } });

/** The condition key of a resource that carries a project's tag. */
const taggedBy = (project: string): Context => ({
  'aws:ResourceTag/medusa-infra.project': project,
});
const askedFor = (project: string): Context => ({ 'aws:RequestTag/medusa-infra.project': project });

/** An action, what of the stack shop-prod it is about, and the same thing of somebody else's crm. */
const OWN: readonly (readonly [action: string, own: string, crm: string])[] = [
  [
    'rds:DeleteDBInstance',
    `arn:aws:rds:${here}:db:shop-prod-database`,
    `arn:aws:rds:${here}:db:crm`,
  ],
  [
    'elasticache:ModifyReplicationGroup',
    `arn:aws:elasticache:${here}:replicationgroup:shop-prod-redis`,
    `arn:aws:elasticache:${here}:replicationgroup:crm`,
  ],
  [
    'secretsmanager:GetSecretValue',
    `arn:aws:secretsmanager:${here}:secret:shop-prod/backend/JWT-x`,
    `arn:aws:secretsmanager:${here}:secret:crm-x`,
  ],
  [
    'ecr:PutImage',
    `arn:aws:ecr:${here}:repository/shop-prod`,
    `arn:aws:ecr:${here}:repository/crm`,
  ],
  [
    'ecs:RunTask',
    `arn:aws:ecs:${here}:task-definition/shop-prod:3`,
    `arn:aws:ecs:${here}:task-definition/crm:3`,
  ],
  [
    'logs:FilterLogEvents',
    `arn:aws:logs:${here}:log-group:/medusa-infra/shop-prod`,
    `arn:aws:logs:${here}:log-group:/crm`,
  ],
  [
    'elasticloadbalancing:DeleteLoadBalancer',
    `arn:aws:elasticloadbalancing:${here}:loadbalancer/app/shop-prod/0a1b`,
    `arn:aws:elasticloadbalancing:${here}:loadbalancer/app/crm/0a1b`,
  ],
  [
    'wafv2:DeleteWebACL',
    `arn:aws:wafv2:${here}:regional/webacl/shop-prod/0a1b`,
    `arn:aws:wafv2:${here}:regional/webacl/crm/0a1b`,
  ],
  [
    'ssm:PutParameter',
    `arn:aws:ssm:${here}:parameter/shop/prod/prepared`,
    `arn:aws:ssm:${here}:parameter/crm`,
  ],
];

/** Those without a name to tell projects apart by. */
const NAMELESS: readonly (readonly [action: string, resource: string])[] = [
  ['ec2:DeleteVpc', `arn:aws:ec2:${here}:vpc/vpc-1`],
  ['acm:DeleteCertificate', `arn:aws:acm:${here}:certificate/1`],
  [
    'elasticloadbalancing:DeleteTargetGroup',
    `arn:aws:elasticloadbalancing:${here}:targetgroup/mi-be-1/0a1b`,
  ],
  [
    'application-autoscaling:DeregisterScalableTarget',
    `arn:aws:application-autoscaling:${here}:scalable-target/1`,
  ],
];

describe('what belongs to the stack', () => {
  test.each(OWN)('%s', (action, own) => {
    expect(may(action, own), 'before it exists').toBe(true);
    expect(may(action, own, taggedBy('shop'))).toBe(true);
  });

  test.each(NAMELESS)('%s', (action, resource) => {
    expect(may(action, resource, taggedBy('shop'))).toBe(true);
  });
});

describe('what belongs to somebody else is refused', () => {
  test.each(OWN)('%s', (action, _, crm) => {
    expect(may(action, crm)).toBe(false);
    expect(may(action, crm, taggedBy('shop'))).toBe(false);
  });

  test.each(OWN)(
    '%s in project shop-prod-eu, whose names begin with the stack’s',
    (action, own) => {
      const theirs = own.replace('shop-prod', 'shop-prod-eu');
      expect(may(action, theirs, taggedBy('shop-prod-eu'))).toBe(false);
      // Taking its tag away is an action as well.
      const service = action.split(':')[0];
      for (const untag of ['UntagResource', 'RemoveTagsFromResource', 'RemoveTags']) {
        expect(may(`${service}:${untag}`, theirs, taggedBy('shop-prod-eu')), untag).toBe(false);
      }
    },
  );

  test.each(NAMELESS)('%s with the tag of another project', (action, resource) => {
    expect(may(action, resource, taggedBy('shop-eu'))).toBe(false);
  });

  test.each([
    ['iam:PutRolePolicy', 'admin'],
    ['iam:PutRolePolicy', 'shop-prod-eu-task-eu-central-1'],
    ['iam:AttachRolePolicy', 'shop-prod-task-eu-west-1'],
    ['iam:PassRole', 'shop-prod-eu-execution-eu-central-1'],
    ['iam:PassRole', 'shop-execution-eu-central-1'],
  ])('%s on %s, with whatever tag', (action, role) => {
    const resource = `arn:aws:iam::${ACCOUNT}:role/${role}`;
    const tasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    expect(may(action, resource, tasks)).toBe(false);
    expect(may(action, resource, { ...tasks, ...taggedBy('shop') })).toBe(false);
  });

  test('a hosted zone, and the password of a master user', () => {
    const records = 'route53:ChangeResourceRecordSets';
    expect(may(records, 'arn:aws:route53:::hostedzone/Z1')).toBe(true);
    expect(may(records, 'arn:aws:route53:::hostedzone/Z2')).toBe(false);
    const master = `arn:aws:secretsmanager:${here}:secret:rds!db-1`;
    expect(may('secretsmanager:GetSecretValue', master)).toBe(false);
  });
});

describe('the roles of the stack', () => {
  test.each(['execution', 'task', 'flow-logs'])('%s', (role) => {
    const resource = `arn:aws:iam::${ACCOUNT}:role/shop-prod-${role}-${region}`;
    expect(may('iam:CreateRole', resource)).toBe(true);
    expect(may('iam:PassRole', resource)).toBe(false);
    const passed = (service: string) =>
      may('iam:PassRole', resource, { 'iam:PassedToService': `${service}.amazonaws.com` });
    expect([passed('ecs-tasks'), passed('vpc-flow-logs'), passed('lambda')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('with aws.permissionsBoundary', () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/workload-boundary`;
  const operator = { project: 'shop', stack: 'shop-prod', region, zone: 'Z1', boundary };
  const bounded = operatorPoliciesFor(operator);
  const role = `arn:aws:iam::${ACCOUNT}:role/shop-prod-task-${region}`;
  const mayWith = (action: string, context: Context = {}, resource = role) =>
    allows(bounded, { action, resource, context });

  test.each([
    'iam:CreateRole',
    'iam:PutRolePolicy',
    'iam:AttachRolePolicy',
    'iam:PutRolePermissionsBoundary',
  ])('%s: for a role that has it', (action) => {
    expect(mayWith(action, { 'iam:PermissionsBoundary': boundary })).toBe(true);
    expect(mayWith(action)).toBe(false);
    const another = `arn:aws:iam::${ACCOUNT}:policy/another`;
    expect(mayWith(action, { 'iam:PermissionsBoundary': another })).toBe(false);
    const admin = `arn:aws:iam::${ACCOUNT}:role/admin`;
    expect(mayWith(action, { 'iam:PermissionsBoundary': boundary }, admin)).toBe(false);
  });

  test('nobody takes it away or writes its policy; a stack without it can be destroyed', () => {
    const held = { 'iam:PermissionsBoundary': boundary };
    expect(mayWith('iam:DeleteRolePermissionsBoundary', held)).toBe(false);
    expect(mayWith('iam:CreatePolicyVersion', held, boundary)).toBe(false);
    for (const action of ['iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy']) {
      expect(mayWith(action), action).toBe(true);
    }
  });

  test('without the key the boundary can be put on and taken away', () => {
    expect(may('iam:PutRolePermissionsBoundary', role)).toBe(true);
    expect(may('iam:DeleteRolePermissionsBoundary', role)).toBe(true);
  });
});

describe('the bucket of access logs', () => {
  // 26 characters, as the provider makes them.
  const unique = '20261127051230123400000001';
  const bucket = (name: string) => `arn:aws:s3:::${name}`;

  test('is emptied and deleted; its objects cannot be read', () => {
    const own = bucket(`shop-prod-logs-${unique}`);
    for (const action of ['s3:DeleteBucket', 's3:PutBucketPolicy', 's3:ListBucketVersions']) {
      expect(may(action, own), action).toBe(true);
    }
    expect(may('s3:DeleteObject', `${own}/alb/AWSLogs/1.gz`)).toBe(true);
    expect(may('s3:DeleteObjectVersion', `${own}/alb/AWSLogs/1.gz`)).toBe(true);
    expect(may('s3:GetObject', `${own}/alb/AWSLogs/1.gz`)).toBe(false);
  });

  test.each([
    ['a shop’s uploads', 'shop-uploads'],
    ['uploads of the stack itself', 'shop-prod-uploads'],
    ['logs of another stack', `shop-staging-logs-${unique}`],
    ['logs of project shop-prod, stack eu', `shop-prod-eu-logs-${unique}`],
    ['logs of project shop-prod, stack logs', `shop-prod-logs-logs-${unique}`],
    ['somebody’s own', 'shop-prod-logs-archive'],
  ])('%s: not', (_, name) => {
    for (const action of [
      's3:PutBucketPolicy',
      's3:DeleteBucket',
      's3:PutLifecycleConfiguration',
    ]) {
      expect(may(action, bucket(name)), action).toBe(false);
    }
    expect(may('s3:DeleteObject', `${bucket(name)}/a`)).toBe(false);
  });
});

describe('keys', () => {
  const key = `arn:aws:kms:${here}:key/1234abcd`;
  const alias = (name: string) => `arn:aws:kms:${here}:alias/${name}`;
  const USES = [
    ...['Decrypt', 'CreateGrant', 'PutKeyPolicy', 'ScheduleKeyDeletion', 'GenerateDataKey'],
    ...['CreateAlias', 'DeleteAlias', 'UpdateAlias', 'UntagResource', 'TagResource'],
  ].map((name) => `kms:${name}`);

  test.each(USES)('%s: those with the tag of the project, in the region', (action) => {
    expect(may(action, key, taggedBy('shop'))).toBe(true);
    expect(may(action, key)).toBe(false);
    expect(may(action, key, taggedBy('shop-eu'))).toBe(false);
    const elsewhere = { 'aws:RequestedRegion': 'us-east-1' };
    expect(may(action, key, { ...taggedBy('shop'), ...elsewhere })).toBe(false);
  });

  test('a new one gets the tag as it is made', () => {
    expect(may('kms:CreateKey', '*')).toBe(false);
    expect(may('kms:CreateKey', '*', askedFor('shop-eu'))).toBe(false);
    for (const action of ['kms:CreateKey', 'kms:TagResource']) {
      expect(may(action, '*', askedFor('shop')), action).toBe(true);
    }
  });

  test('the tag cannot be put on the key of somebody else', () => {
    const named = { 'kms:ResourceAliases': 'alias/crm' };
    expect(may('kms:TagResource', key, { ...askedFor('shop'), ...named })).toBe(false);
    expect(may('kms:TagResource', key, { ...askedFor('shop'), ...taggedBy('shop-eu') })).toBe(
      false,
    );
  });

  test('an alias of the project, and no other', () => {
    expect(may('kms:UpdateAlias', alias('shop-prod'))).toBe(true);
    expect(may('kms:UpdateAlias', alias('crm'))).toBe(false);
  });
});

test('networks are changed in the region alone', () => {
  expect(may('ec2:CreateVpc', '*')).toBe(true);
  expect(may('ec2:CreateVpc', '*', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
  expect(may('ec2:RunInstances', '*')).toBe(false);
});

test.each([
  ['ssm:GetParameters', `arn:aws:ssm:${here}:parameter/shop/prod/prepared`],
  ['ecs:DescribeServices', `arn:aws:ecs:${here}:service/shop-prod/backend`],
  ['ecs:RunTask', `arn:aws:ecs:${here}:task-definition/shop-prod-prepare:7`],
  ['ecs:DescribeTasks', `arn:aws:ecs:${here}:task/shop-prod/abc`],
  ['logs:GetLogEvents', `arn:aws:logs:${here}:log-group:/medusa-infra/shop-prod:log-stream:x`],
])('admin create may %s', (action, resource) => {
  expect(may(action, resource, taggedBy('shop'))).toBe(true);
});

test('admin create may pass the roles of its task', () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/shop-prod-execution-${region}`;
  expect(may('iam:PassRole', role, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' })).toBe(
    true,
  );
});
