import { describe, expect, test } from 'vitest';
import type { OneOffTask } from '../../../src/aws/release-work.ts';
import { SdkReleaseWork } from '../../../src/aws/sdk-release-work.ts';
import { type Answers, AwsError, awsServer, configFor } from '../../support/unit/aws-server.ts';

const oneOffTask: OneOffTask = {
  title: 'prepare',
  clusterArn: 'arn:cluster',
  taskDefinitionArn: 'arn:task-definition/shop-prod-prepare:3',
  subnetIds: ['subnet-1'],
  securityGroupId: 'sg-1',
  logGroup: '/shop/prod',
  containers: [
    { name: 'prepare-sql', logPrefix: 'prepare-sql' },
    { name: 'prepare-migrate', logPrefix: 'prepare-migrate' },
  ],
  secrets: ['hidden-password'],
  timeoutSeconds: 60,
};
const arnOfTask = 'arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/abc';

/** A task that has ended with these exit codes. */
function ended(sql: number, migrate: number | undefined): Answers {
  return {
    ListTasks: () => ({ taskArns: [] }),
    RunTask: () => ({ tasks: [{ taskArn: arnOfTask }] }),
    DescribeTasks: () => ({
      tasks: [
        {
          taskArn: arnOfTask,
          taskDefinitionArn: oneOffTask.taskDefinitionArn,
          lastStatus: 'STOPPED',
          stoppingAt: 1,
          stoppedReason: 'Essential container in task exited',
          containers: [
            { name: 'prepare-sql', exitCode: sql },
            { name: 'prepare-migrate', ...(migrate === undefined ? {} : { exitCode: migrate }) },
          ],
        },
      ],
    }),
    GetLogEvents: ({ logStreamName }) => ({
      events: [{ message: `${logStreamName}: no login with hidden-password` }],
    }),
  };
}

const task = (taskArn: string, taskDefinitionArn: string, lastStatus = 'RUNNING') => ({
  taskArn,
  taskDefinitionArn,
  lastStatus,
});

async function run(answers: Answers, task: OneOffTask = oneOffTask): Promise<string[]> {
  const logged: string[] = [];
  const url = await awsServer(answers);
  const config = configFor(url, ['ecs', 'logs']);
  const log = (line: string) => void logged.push(line);
  await new SdkReleaseWork({ region: 'eu-central-1', config, log }).runTask(task);
  return logged;
}

describe('a task that is run once', () => {
  test('ends well', async () => {
    expect(await run(ended(0, 0))).toEqual([`prepare: ${arnOfTask}`]);
  });

  test('that fails is reported with the last lines of what failed, secrets masked', async () => {
    await expect(run(ended(0, 1))).rejects.toThrow(
      [
        'the task prepare failed: prepare-migrate ended with exit code 1.',
        'Its last lines:',
        '  prepare-migrate/prepare-migrate/abc: no login with ***',
        'The previous release keeps running. Fix the cause, then run up again.',
      ].join('\n'),
    );
  });

  test('whose first container fails: what did not run is said, and the lines are those of the first', async () => {
    await expect(run(ended(3, undefined))).rejects.toThrow(
      [
        'the task prepare failed: prepare-sql ended with exit code 3, prepare-migrate did not run (Essential container in task exited).',
        'Its last lines:',
        '  prepare-sql/prepare-sql/abc: no login with ***',
      ].join('\n'),
    );
  });

  test('that could not be started', async () => {
    const answers = { ...ended(0, 0), RunTask: () => ({ failures: [{ reason: 'no capacity' }] }) };
    await expect(run(answers)).rejects.toThrow(
      'the task prepare could not be started (no capacity); run up again',
    );
  });

  test('that a previous run has started is not started again while it is running', async () => {
    let looks = 0;
    const answers: Answers = {
      ...ended(0, 0),
      ListTasks: ({ family, desiredStatus }) => {
        expect({ family, desiredStatus }).toEqual({
          family: 'shop-prod-prepare',
          desiredStatus: 'RUNNING',
        });
        return { taskArns: [arnOfTask] };
      },
      RunTask: () => {
        throw new AwsError('InvalidParameterException', 'a second one');
      },
      DescribeTasks: (input) => {
        looks += 1;
        return looks === 1
          ? { tasks: [task(arnOfTask, oneOffTask.taskDefinitionArn)] }
          : (ended(0, 0)['DescribeTasks']?.(input) ?? {});
      },
    };
    expect(await run(answers)).toEqual([`prepare: ${arnOfTask}, which a previous run has started`]);
  });

  test('waits for the end of one of another revision', async () => {
    const other = `${arnOfTask}d`;
    const order: string[] = [];
    const answers: Answers = {
      ...ended(0, 0),
      ListTasks: () => ({ taskArns: [other] }),
      RunTask: () => {
        order.push('run');
        return { tasks: [{ taskArn: arnOfTask }] };
      },
      DescribeTasks: (input) => {
        if (!(input['tasks'] as string[]).includes(other)) {
          return ended(0, 0)['DescribeTasks']?.(input) ?? {};
        }
        order.push('look');
        const status = order.length > 1 ? 'STOPPED' : 'RUNNING';
        return { tasks: [task(other, 'arn:task-definition/shop-prod-prepare:2', status)] };
      },
    };
    expect(await run(answers)).toEqual([
      `prepare: waiting until ${other} has ended`,
      `prepare: ${arnOfTask}`,
    ]);
    expect(order).toEqual(['look', 'look', 'run']);
  });

  test('that does not end is not waited for forever', async () => {
    const answers = {
      ...ended(0, 0),
      DescribeTasks: () => ({ tasks: [{ taskArn: arnOfTask, lastStatus: 'RUNNING' }] }),
    };
    await expect(run(answers, { ...oneOffTask, timeoutSeconds: 3 })).rejects.toThrow(
      'the task prepare has not ended within 3 s; its log is in the group /shop/prod; check what it waits for and run up again',
    );
  });
});
