import type { Deployment, Service } from '@aws-sdk/client-ecs';

/** How far a service is with one revision of its task. */
export type Rollout =
  | { readonly state: 'serving' }
  | { readonly state: 'waiting'; readonly text: string }
  | {
      readonly state: 'failed';
      /** ECS's own words. */
      readonly reason: string;
      /** Revision that serves instead; undefined: none does. */
      readonly serving?: string;
    };

/**
 * Reads a service's deployments. The newest one is PRIMARY. When the circuit breaker gives one up, it is
 * FAILED, and that of the last good revision becomes PRIMARY in its place; where there is none, it stays.
 * @param begun false: the revision was not PRIMARY yet, for AWS may answer with what was a moment ago
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
    reason: reasonOf(failed) ?? reasonOf(primary) ?? 'it was taken back',
    ...(primary?.taskDefinition ? { serving: primary.taskDefinition } : {}),
  };
}

function ownRollout(own: Deployment, deployments: readonly Deployment[]): Rollout {
  if (own.rolloutState === 'COMPLETED') return { state: 'serving' };
  if (own.rolloutState === 'FAILED') {
    const other = deployments.find((each) => each !== own && (each.runningCount ?? 0) > 0);
    return {
      state: 'failed',
      reason: reasonOf(own) ?? 'it was given up',
      ...(other?.taskDefinition ? { serving: other.taskDefinition } : {}),
    };
  }
  const { runningCount = 0, desiredCount = 0, failedTasks = 0 } = own;
  const failures = failedTasks > 0 ? `, ${failedTasks} failed` : '';
  return { state: 'waiting', text: `${runningCount} of ${desiredCount} tasks run${failures}` };
}

function reasonOf(deployment: Deployment | undefined): string | undefined {
  return deployment?.rolloutStateReason?.replace(/\.$/, '');
}

/** `shop-prod:12` of a task definition's ARN. */
export function revisionOf(taskDefinitionArn: string): string {
  return taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1);
}
