import { describe, expect, test } from 'vitest';
import { rolloutOf } from '../../../src/aws/rollout.ts';

const arn = (revision: number) =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-prod:${revision}`;
const primary = { status: 'PRIMARY', taskDefinition: arn(2) };
const before = { taskDefinition: arn(1), runningCount: 2, rolloutState: 'COMPLETED' } as const;

describe('how far a service is with a revision', () => {
  test.each([
    ['completed', [{ ...primary, rolloutState: 'COMPLETED' as const }], { state: 'running' }],
    [
      'under way',
      [
        {
          ...primary,
          rolloutState: 'IN_PROGRESS' as const,
          runningCount: 1,
          desiredCount: 2,
          failedTasks: 3,
        },
        { ...before, status: 'ACTIVE' },
      ],
      { state: 'waiting', text: '1 of 2 tasks run, 3 failed' },
    ],
    [
      'tried again while the failed try is still listed',
      [
        { ...primary, rolloutState: 'IN_PROGRESS' as const, desiredCount: 2 },
        { ...primary, status: 'ACTIVE', rolloutState: 'FAILED' as const },
      ],
      { state: 'waiting', text: '0 of 2 tasks run' },
    ],
    [
      'given up, with nothing to go back to',
      [
        {
          ...primary,
          rolloutState: 'FAILED' as const,
          rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
        },
      ],
      { state: 'failed', reason: 'ECS deployment circuit breaker: tasks failed to start' },
    ],
    [
      'rolled back',
      [
        {
          ...before,
          status: 'PRIMARY',
          rolloutState: 'IN_PROGRESS' as const,
          rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId 1.',
        },
        {
          ...primary,
          status: 'ACTIVE',
          rolloutState: 'FAILED' as const,
          rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
        },
      ],
      {
        state: 'failed',
        reason: 'ECS deployment circuit breaker: tasks failed to start',
        running: arn(1),
      },
    ],
    [
      'rolled back and no longer listed',
      [{ ...before, status: 'PRIMARY' }],
      { state: 'failed', reason: 'it was rolled back', running: arn(1) },
    ],
  ])('%s', (_title, deployments, expected) => {
    expect(rolloutOf({ deployments }, arn(2), true)).toEqual(expected);
  });

  test('what AWS answers before it has begun is no failure', () => {
    const deployments = [{ ...before, status: 'PRIMARY' }];
    expect(rolloutOf({ deployments }, arn(2), false)).toMatchObject({ state: 'waiting' });
  });
});
