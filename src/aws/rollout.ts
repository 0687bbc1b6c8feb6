import type { Deployment, Service } from '@aws-sdk/client-ecs';

/** State of the rollout of one revision of a service's task. */
export type Rollout =
  | { readonly state: 'running' }
  | { readonly state: 'waiting'; readonly text: string }
  | {
      readonly state: 'failed';
      /** As ECS reports it. */
      readonly reason: string;
      /** Revision that is running instead; undefined: none. */
      readonly running?: string;
    };

/**
 * Reads a service's deployments. The newest one is PRIMARY. If the circuit breaker gives it up, it is
 * FAILED, and that of the last good revision becomes PRIMARY; if there is none, it stays PRIMARY.
 * @param begun false: the revision was not PRIMARY yet, as AWS may answer with an outdated state
 */
export function rolloutOf(
  { deployments = [] }: Pick<Service, 'deployments'>,
  taskDefinitionArn: string,
  begun: boolean,
): Rollout {
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  if (primary?.taskDefinition === taskDefinitionArn) return ownRollout(primary, deployments);
  if (!begun) return { state: 'waiting', text: 'not begun yet' };
  const failed = deployments.find(
    ({ taskDefinition, rolloutState }) =>
      taskDefinition === taskDefinitionArn && rolloutState === 'FAILED',
  );
  return {
    state: 'failed',
    reason: reasonOf(failed) ?? reasonOf(primary) ?? 'it was rolled back',
    ...(primary?.taskDefinition ? { running: primary.taskDefinition } : {}),
  };
}

function ownRollout(own: Deployment, deployments: readonly Deployment[]): Rollout {
  if (own.rolloutState === 'COMPLETED') return { state: 'running' };
  if (own.rolloutState === 'FAILED') {
    const other = deployments.find((each) => each !== own && (each.runningCount ?? 0) > 0);
    return {
      state: 'failed',
      reason: reasonOf(own) ?? 'it was given up',
      ...(other?.taskDefinition ? { running: other.taskDefinition } : {}),
    };
  }
  const { runningCount = 0, desiredCount = 0, failedTasks = 0 } = own;
  const failures = failedTasks > 0 ? `, ${failedTasks} failed` : '';
  return { state: 'waiting', text: `${runningCount} of ${desiredCount} tasks run${failures}` };
}

function reasonOf(deployment: Deployment | undefined): string | undefined {
  return deployment?.rolloutStateReason?.replace(/\.$/, '');
}

/** Family and revision in a task definition's ARN, such as `shop-prod:12`. */
export function revisionOf(taskDefinitionArn: string): string {
  return taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
}
