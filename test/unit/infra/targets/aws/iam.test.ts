import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { StackSecrets } from '../../../../../infra/secrets.ts';
import { deployToAws } from '../../../../../infra/targets/aws/deploy.ts';
import { awsFacts } from '../../../../../infra/targets/aws/facts.ts';
import { stackProvider } from '../../../../../infra/targets/aws/provider.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { requireStackFile } from '../../../../../src/stack/load.ts';
import { allows, type IamPolicy } from '../../../../support/iam.ts';
import { operatorPoliciesFor } from '../../../../support/operator-policies.ts';
import {
  answers,
  FakePublisher,
  FakeWatch,
  FakeWork,
  outputs,
} from '../../../../support/unit/aws-fakes.ts';
import { type Registered, register } from '../../../../support/unit/recorder.ts';
import { options } from '../../../../support/unit/stack-files.ts';

const prodFile = fileURLToPath(new URL('../../../../../stacks/prod.yaml', import.meta.url));
const region = 'eu-central-1';
const here = `${region}:123456789012`;

/** ARNs as AWS would give them, different for each stack. */
function arnsOf(stack: string) {
  return (type: string, name: string): object => {
    const arns: Readonly<Record<string, string>> = {
      'aws:secretsmanager/secret:Secret': `arn:aws:secretsmanager:${here}:secret:${stack}/${name}-AbCdEf`,
      'aws:kms/key:Key': `arn:aws:kms:${here}:key/${stack}`,
      'aws:ecr/repository:Repository': `arn:aws:ecr:${here}:repository/${stack}`,
      'aws:cloudwatch/logGroup:LogGroup': `arn:aws:logs:${here}:log-group:/${stack}/${name}`,
    };
    const master = {
      masterUserSecrets: [{ secretArn: `arn:aws:secretsmanager:${here}:secret:rds!db-${stack}` }],
    };
    return {
      ...outputs(type, name),
      ...(arns[type] ? { arn: arns[type] } : {}),
      ...(type === 'aws:rds/instance:Instance' ? master : {}),
    };
  };
}

/** `stacks/prod.yaml` as it is committed, under another stack's name. */
async function deployed(stack: string, permissionsBoundary?: string) {
  const file = requireStackFile(prodFile).stack;
  if (file.target !== 'aws') throw new Error('no stack for AWS');
  const limits = permissionsBoundary === undefined ? {} : { permissionsBoundary };
  const plan = derivePlan(
    { ...file, aws: { ...file.aws, ...limits } },
    { ...options, project: 'shop', stack },
  );
  const { aws } = plan;
  const resources = await register(
    async () => {
      const provider = stackProvider(aws, {});
      const facts = await awsFacts(plan, { provider });
      const supplied = { stripeApiKey: 'supplied' };
      deployToAws({
        plan,
        provider,
        facts,
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        publisher: new FakePublisher(),
        work: new FakeWork(),
        watch: new FakeWatch(),
        prepareScript: '// prepare',
      });
    },
    { answers, outputs: arnsOf(stack) },
  );
  const input = (name: string, key: string) => textOf(resources.get(name), key);
  const containers: readonly Container[] = JSON.parse(
    input('task-definition', 'containerDefinitions'),
  );
  const policy: IamPolicy = JSON.parse(input('execution-role-policy', 'policy'));
  return { resources, containers, policy };
}

interface Container {
  readonly name: string;
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

function textOf(resource: Registered | undefined, key: string): string {
  const value = resource?.inputs[key];
  if (typeof value !== 'string') throw new Error(`no text ${key}`);
  return value;
}

/** A task definition names ARN, key, stage and version; rights are about the ARN. */
const secretArns = (containers: readonly Container[]) =>
  containers
    .flatMap(({ secrets = [] }) => secrets)
    .map(({ valueFrom }) => valueFrom.split(':').slice(0, 7).join(':'));

let ours: Awaited<ReturnType<typeof deployed>>;
let theirs: Awaited<ReturnType<typeof deployed>>;
beforeAll(async () => {
  ours = await deployed('prod');
  theirs = await deployed('other');
});

describe('the role that starts tasks', () => {
  const may = (action: string, resource: string, context = {}) =>
    allows([ours.policy], { action, resource, context });

  test('reads each secret that a container of the task names', () => {
    const arns = secretArns(ours.containers);
    expect(new Set(arns).size).toBe(7);
    for (const arn of arns) {
      expect(may('secretsmanager:GetSecretValue', arn), arn).toBe(true);
      expect(may('secretsmanager:PutSecretValue', arn), arn).toBe(false);
    }
  });

  test('reads no secret of another stack, nor any other', () => {
    const others = [
      ...secretArns(theirs.containers),
      `arn:aws:secretsmanager:${here}:secret:prod/vault-backend-JWT_SECRET-AbCdEfG`,
      `arn:aws:secretsmanager:${here}:secret:payroll-AbCdEf`,
    ];
    expect(others.length).toBeGreaterThan(8);
    for (const arn of others) expect(may('secretsmanager:GetSecretValue', arn), arn).toBe(false);
  });

  test('decrypts with the stack’s key, by way of Secrets Manager alone', () => {
    const key = `arn:aws:kms:${here}:key/prod`;
    const via = { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` };
    expect(may('kms:Decrypt', key, via)).toBe(true);
    expect(may('kms:Decrypt', key)).toBe(false);
    expect(may('kms:Decrypt', `arn:aws:kms:${here}:key/other`, via)).toBe(false);
    expect(may('kms:Encrypt', key, via)).toBe(false);
  });

  test('pulls images and writes logs of this stack, and does nothing else', () => {
    const repository = `arn:aws:ecr:${here}:repository/prod`;
    expect(may('ecr:BatchGetImage', repository)).toBe(true);
    expect(may('ecr:PutImage', repository)).toBe(false);
    expect(may('ecr:BatchGetImage', `arn:aws:ecr:${here}:repository/other`)).toBe(false);
    const stream = (stack: string) =>
      `arn:aws:logs:${here}:log-group:/${stack}/logs-group:log-stream:backend/backend/1`;
    expect(may('logs:PutLogEvents', stream('prod'))).toBe(true);
    expect(may('logs:PutLogEvents', stream('other'))).toBe(false);
    expect(may('logs:GetLogEvents', stream('prod'))).toBe(false);
    for (const action of ['s3:GetObject', 'iam:PassRole', 'ecs:RunTask', 'rds:DeleteDBInstance']) {
      expect(may(action, '*'), action).toBe(false);
    }
  });
});

test('the backend itself may do nothing in AWS', () => {
  expect(ours.resources.get('task-role-role')).toBeDefined();
  expect(ours.resources.get('task-role-policy')).toBeUndefined();
});

test('every role is taken on by its service alone, for this account alone', () => {
  const roles = [...ours.resources.values()].filter(({ type }) => type === 'aws:iam/role:Role');
  expect(roles.length).toBeGreaterThan(1);
  for (const role of roles) {
    expect(JSON.parse(textOf(role, 'assumeRolePolicy')).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ]);
  }
});

test('every role has the boundary of the file', async () => {
  const boundary = 'arn:aws:iam::123456789012:policy/workload-boundary';
  const boundaries = ({ resources }: typeof ours) =>
    [...resources.values()]
      .filter(({ type }) => type === 'aws:iam/role:Role')
      .map(({ inputs }) => inputs['permissionsBoundary']);
  expect(boundaries(await deployed('bounded', boundary))).toEqual([boundary, boundary]);
  expect(boundaries(ours)).toEqual([undefined, undefined]);
});

test('the operator passes on every role of the stack to tasks, and no other one', () => {
  const policies = operatorPoliciesFor({ project: 'shop', stack: 'shop-prod', region, zone: 'Z1' });
  const passes = (role: string) =>
    allows(policies, {
      action: 'iam:PassRole',
      resource: `arn:aws:iam::123456789012:role/${role}`,
      context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
  const names = (of: typeof ours) =>
    [...of.resources.values()]
      .filter(({ type }) => type === 'aws:iam/role:Role')
      .map((role) => textOf(role, 'name'));
  expect(names(ours)).toHaveLength(2);
  for (const name of names(ours)) expect(passes(name), name).toBe(true);
  for (const name of names(theirs)) expect(passes(name), name).toBe(false);
});
