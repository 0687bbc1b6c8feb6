import { describe, expect, test } from 'vitest';
import type { WatchedRelease } from '../../../src/aws/release-watch.ts';
import { SdkReleaseWatch } from '../../../src/aws/sdk-release-watch.ts';
import { UserError } from '../../../src/errors.ts';
import { type Answers, AwsError, awsServer, configFor } from '../../support/unit/aws-server.ts';

const arn = (revision: number) =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod:${revision}`;
const primary = { status: 'PRIMARY', taskDefinition: arn(2) };
const before = { taskDefinition: arn(1), runningCount: 2, rolloutState: 'COMPLETED' } as const;

describe('watching through the SDK', () => {
  const release: WatchedRelease = {
    clusterArn: 'shop-prod',
    serviceName: 'backend',
    taskDefinitionArn: arn(2),
    logGroup: '/medusa-infra/shop-prod',
    containers: [{ name: 'backend', logPrefix: 'task' }],
    timeoutSeconds: 60,
    secrets: ['postgres://shop:hunter22@db/shop'],
  };

  async function watch(answers: Answers, change: Partial<WatchedRelease> = {}) {
    const lines: string[] = [];
    const watcher = new SdkReleaseWatch({
      region: 'eu-central-1',
      config: configFor(await awsServer(answers), ['ecs', 'logs']),
      log: (line) => lines.push(line),
      pollMilliseconds: 5,
    });
    const failure = await watcher.untilRunning({ ...release, ...change }).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { lines, failure };
  }

  const now = () => Date.now() / 1000;
  const underWay = { ...primary, rolloutState: 'IN_PROGRESS', desiredCount: 2, createdAt: now() };

  /** Gives the states one after the other, and the last one for ever. */
  function deployments(...states: readonly (readonly object[])[]) {
    let asked = 0;
    return () => ({
      services: [
        {
          deployments: states[Math.min(asked++, states.length - 1)],
          events: [
            { createdAt: now() + 9, message: '(service backend) was given up.' },
            { createdAt: now() + 8, message: '(service backend) has started 2 tasks.' },
            { createdAt: 1, message: '(service backend) has reached a steady state.' },
          ],
        },
      ],
    });
  }

  test('ends when the release is running, and logs each step once', async () => {
    const one = { ...underWay, runningCount: 1 };
    const { lines, failure } = await watch({
      DescribeServices: deployments(
        [{ ...before, status: 'PRIMARY' }],
        [underWay],
        [one],
        [one],
        [{ ...underWay, rolloutState: 'COMPLETED' }],
      ),
    });
    expect(failure).toBeUndefined();
    expect(lines).toEqual([
      'backend: not begun yet',
      'backend: 0 of 2 tasks run',
      'backend: 1 of 2 tasks run',
    ]);
  });

  test('says why a release was rolled back, with its last lines, and no secret', async () => {
    const asked: unknown[] = [];
    const { failure } = await watch({
      DescribeServices: deployments(
        [underWay, { ...before, status: 'ACTIVE' }],
        [
          { ...before, status: 'PRIMARY' },
          {
            ...underWay,
            status: 'ACTIVE',
            rolloutState: 'FAILED',
            rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
          },
        ],
      ),
      ListTasks: (input) => {
        asked.push(input);
        return { taskArns: ['arn:task/shop-prod/abc'] };
      },
      DescribeTasks: () => ({
        tasks: [
          {
            taskArn: 'arn:task/shop-prod/abc',
            taskDefinitionArn: arn(2),
            stoppingAt: now(),
            stoppedReason: 'Essential container in task exited',
            containers: [{ name: 'backend', exitCode: 1 }],
          },
        ],
      }),
      GetLogEvents: (input) => {
        asked.push(input);
        return {
          events: [
            { message: 'connecting to postgres://shop:hunter22@db/shop\n' },
            { message: 'password hunter22 is refused' },
          ],
        };
      },
    });
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toBe(
      [
        'the release shop-prod:2 failed (ECS deployment circuit breaker: tasks failed to start): task abc: Essential container in task exited, backend ended with exit code 1.',
        'Its last lines:',
        '  connecting to ***',
        '  password *** is refused',
        'ECS says:',
        '  (service backend) has started 2 tasks.',
        '  (service backend) was given up.',
        'The previous release (shop-prod:1) keeps running. Fix the release, then run up again.',
      ].join('\n'),
    );
    expect(asked).toEqual([
      { cluster: 'shop-prod', serviceName: 'backend', desiredStatus: 'STOPPED' },
      {
        logGroupName: '/medusa-infra/shop-prod',
        logStreamName: 'task/backend/abc',
        limit: 20,
        startFromHead: false,
      },
    ]);
  });

  test('a container that never wrote has no stream', async () => {
    const { failure } = await watch({
      DescribeServices: deployments([{ ...underWay, rolloutState: 'FAILED' }]),
      ListTasks: () => ({ taskArns: ['arn:task/shop-prod/abc'] }),
      DescribeTasks: () => ({
        tasks: [
          {
            taskArn: 'arn:task/shop-prod/abc',
            taskDefinitionArn: arn(2),
            stoppingAt: now(),
            stoppedReason: 'CannotPullContainerError',
            containers: [{ name: 'backend', reason: 'CannotPullContainerError: denied' }],
          },
        ],
      }),
      GetLogEvents: () => {
        throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
      },
    });
    expect((failure as Error).message).toContain('Its last lines:\n  (none)\n');
    expect((failure as Error).message).toContain('No release is running. Fix the release');
  });

  test('a release that takes too long is reported with its progress', async () => {
    const { failure } = await watch(
      { DescribeServices: deployments([underWay]), ListTasks: () => ({ taskArns: [] }) },
      { timeoutSeconds: 0 },
    );
    expect((failure as Error).message).toMatch(
      /^the release shop-prod:2 is not running after 0 minutes \(0 of 2 tasks run\)\.\nECS says:/,
    );
    expect((failure as Error).message).toMatch(/ECS keeps trying/);
  });

  test('a refusal of AWS is shown as one to fix', async () => {
    const { failure } = await watch({
      DescribeServices: () => {
        throw new AwsError('AccessDeniedException', 'not authorized: ecs:DescribeServices');
      },
    });
    expect(failure).toEqual(
      new UserError(
        'AWS does not report whether the release is running (not authorized: ecs:DescribeServices); fix that and run up again',
        'aws-request-failed',
      ),
    );
  });
});
