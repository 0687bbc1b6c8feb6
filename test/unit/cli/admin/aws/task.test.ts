import { expect, test } from 'vitest';
import { administratorProgram } from '../../../../../src/bundle.ts';
import { storeOnAws } from '../../../../../src/cli/admin/aws/task.ts';
import { findProject } from '../../../../../src/cli/project.ts';
import { unseal } from '../../../../../src/container/administrator/sealed.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import type { AwsPlan } from '../../../../../src/derive/plan.ts';
import { requireStackFile } from '../../../../../src/stack/load.ts';
import { type Answers, awsServer, configFor } from '../../../../support/unit/aws-server.ts';
import { awsFiles } from '../../../../support/unit/aws-world.ts';
import { folderWith, testContext } from '../../../../support/unit/cli.ts';
import { options } from '../../../../support/unit/stack-files.ts';

const PREPARE = 'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod-prepare:7';
const TASK = 'arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/abc';
const SECRET = 'the-signing-secret-of-the-store';
const network = {
  awsvpcConfiguration: {
    subnets: ['subnet-1'],
    securityGroups: ['sg-1'],
    assignPublicIp: 'DISABLED',
  },
};
const request = {
  action: 'create',
  schema: 'shop',
  email: 'ada@example.com',
  passwordHash: 'hash-of-a-password',
  id: 'usr_1',
} as const;

/** AWS with a task that ends so; what RunTask was asked is noted. */
function answers(asked: Record<string, unknown>[], exitCode?: number): Answers {
  return {
    GetParameters: () => ({
      Parameters: [{ Name: '/shop/prod/prepared', Value: `${PREPARE} database=2 redis=2` }],
    }),
    DescribeServices: () => ({
      services: [{ status: 'ACTIVE', runningCount: 2, networkConfiguration: network }],
    }),
    RunTask: (input) => {
      asked.push(input);
      return { tasks: [{ taskArn: TASK }] };
    },
    DescribeTasks: () => ({
      tasks: [
        {
          taskArn: TASK,
          lastStatus: 'STOPPED',
          stoppedReason: 'Essential container in task exited',
          containers: [
            { name: 'prepare-sql', exitCode: 0 },
            { name: 'prepare-migrate', ...(exitCode === undefined ? {} : { exitCode }) },
          ],
        },
      ],
    }),
    GetLogEvents: ({ logStreamName }) => ({ events: [{ message: `of ${logStreamName}` }] }),
  };
}

async function storeWith(answersOfAws: Answers, environment = { JWT_SECRET: SECRET }) {
  const config = configFor(await awsServer(answersOfAws), ['ecs', 'ssm', 'logs']);
  const cwd = folderWith({
    ...awsFiles,
    'stacks/Pulumi.prod.yaml': [
      'config:',
      `  aws:accessKey: ${config['accessKey']}`,
      `  aws:secretKey: ${config['secretKey']}`,
      `  aws:endpoints: ${config['endpoints']}`,
      '',
    ].join('\n'),
  });
  const { stack } = requireStackFile(`${cwd}/stacks/prod.yaml`);
  const plan = derivePlan(stack, { ...options, project: 'shop', stack: 'prod' }) as AwsPlan;
  const { context, written } = testContext({ cwd });
  const store = storeOnAws(context, findProject(cwd), plan, async () => environment);
  return { store, written };
}

test('runs the program in a task of what prepared the release; the request shows nothing', async () => {
  const asked: Record<string, unknown>[] = [];
  const { store, written } = await storeWith(answers(asked, 0));
  expect(await (await store).run(request)).toEqual({ exitCode: 0, said: '' });
  expect(written).toEqual({ out: '', err: `running ${TASK}, which takes about a minute\n` });
  const [, ...command] = administratorProgram();
  expect(asked).toEqual([
    {
      // The SDK's own: a request that is sent again starts no second task.
      clientToken: expect.any(String),
      cluster: 'shop-prod',
      taskDefinition: PREPARE,
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'medusa-infra-admin',
      networkConfiguration: network,
      overrides: {
        containerOverrides: [
          {
            name: 'prepare-migrate',
            command,
            environment: [{ name: 'MEDUSA_INFRA_ADMINISTRATOR', value: expect.any(String) }],
          },
        ],
      },
    },
  ]);
  const text = JSON.stringify(asked);
  const { value } = JSON.parse(text)[0].overrides.containerOverrides[0].environment[0];
  expect(unseal(value, SECRET)).toEqual(request);
  for (const hidden of [request.email, request.passwordHash, SECRET]) {
    expect(text).not.toContain(hidden);
    expect(text).not.toContain(Buffer.from(hidden).toString('base64').slice(0, 16));
  }
});

test.each([81, 82, 83])('exit code %i says all', async (exitCode) => {
  const { store } = await storeWith(answers([], exitCode));
  expect(await (await store).run(request)).toEqual({ exitCode, said: '' });
});

test('any other comes with the last lines of the container', async () => {
  const { store } = await storeWith(answers([], 1));
  expect(await (await store).run(request)).toEqual({
    exitCode: 1,
    said: 'prepare-migrate: of prepare-migrate/prepare-migrate/abc',
  });
});

test('a program that did not run comes with ECS’s reason', async () => {
  const { store } = await storeWith(answers([]));
  expect(await (await store).run(request)).toEqual({
    exitCode: 1,
    said: 'Essential container in task exited',
  });
});

test('a task that ECS does not start', async () => {
  const refused = { ...answers([]), RunTask: () => ({ failures: [{ reason: 'no capacity' }] }) };
  const { store } = await storeWith(refused);
  await expect((await store).run(request)).rejects.toMatchObject({
    code: 'aws-request-failed',
    message: `ECS did not start a task of ${PREPARE} (no capacity), so nothing was changed; run the command again`,
  });
});

test('a stack that never was up', async () => {
  const { store } = await storeWith({ ...answers([]), GetParameters: () => ({ Parameters: [] }) });
  await expect(store).rejects.toMatchObject({
    code: 'stack-not-up',
    message: 'prod is not up; run: medusa-infra up -s prod',
  });
});

test.each([
  ['no service', { services: [] }],
  ['a service without tasks', { services: [{ status: 'ACTIVE', runningCount: 0 }] }],
])('a stack with %s', async (_, described) => {
  const { store } = await storeWith({ ...answers([]), DescribeServices: () => described });
  await expect(store).rejects.toMatchObject({
    code: 'backend-unhealthy',
    message:
      'no task of prod runs, so nothing was changed; see medusa-infra status -s prod and medusa-infra logs backend -s prod',
  });
});

test('a state without the secret seals nothing', async () => {
  const asked: Record<string, unknown>[] = [];
  const { store } = await storeWith(answers(asked, 0), { JWT_SECRET: '' });
  await expect(store).rejects.toMatchObject({
    code: 'stack-not-up',
    message:
      'the state of prod has no JWT_SECRET, so nothing was changed; run: medusa-infra up -s prod',
  });
  expect(asked).toEqual([]);
});
