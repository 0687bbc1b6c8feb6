import { describe, expect, test } from 'vitest';
import { lastFailedTask } from '../../../src/aws/failed-task.ts';

const arn = (revision: number) =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod:${revision}`;

describe('the task that shows why', () => {
  const task = (id: string, minute: number, more: object) => ({
    taskArn: `arn:aws:ecs:eu-central-1:123456789012:task/shop-prod/${id}`,
    taskDefinitionArn: arn(2),
    stoppingAt: new Date(2026, 0, 1, 0, minute),
    ...more,
  });

  test('is the last one of the release that was not stopped with it', () => {
    const tasks = [
      task('first', 1, { stoppedReason: 'Essential container in task exited' }),
      task('last', 2, { stoppedReason: 'Task failed ELB health checks in (target-group x).' }),
      task('scaled', 3, { stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)' }),
      task('other', 4, { taskDefinitionArn: arn(1) }),
      task('running', 5, { stoppingAt: undefined }),
    ];
    expect(lastFailedTask(tasks, arn(2), [])).toEqual({
      id: 'last',
      reason: 'Task failed ELB health checks in (target-group x)',
    });
    expect(lastFailedTask(tasks, arn(3), [])).toBeUndefined();
  });

  test.each([
    [
      'the container that ended first of itself',
      [
        { name: 'backend', exitCode: 143 },
        { name: 'prepare', exitCode: 3 },
      ],
      'prepare ended with exit code 3',
    ],
    [
      'the one without an image',
      [
        { name: 'prepare', exitCode: 0 },
        { name: 'backend', reason: 'CannotPullContainerError: not found' },
      ],
      'backend did not run (CannotPullContainerError: not found)',
    ],
    [
      'the one that had too little memory',
      [{ name: 'backend', exitCode: 137, reason: 'OutOfMemoryError: killed' }],
      'backend ended with exit code 137 (OutOfMemoryError: killed)',
    ],
    [
      'the unhealthy one',
      [
        { name: 'prepare', exitCode: 0 },
        { name: 'backend', healthStatus: 'UNHEALTHY' as const },
      ],
      'backend is unhealthy',
    ],
  ])('names %s', (_title, containers, outcome) => {
    const found = lastFailedTask([task('one', 1, { containers })], arn(2), ['prepare', 'backend']);
    expect(found?.container?.outcome).toBe(outcome);
  });
});
