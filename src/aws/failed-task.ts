import type { Container, Task } from '@aws-sdk/client-ecs';

/** A task of a release that ended, and the container that shows why. */
export interface FailedTask {
  readonly id: string;
  /** ECS's reason, such as `Essential container in task exited`. */
  readonly reason: string;
  readonly container?: { readonly name: string; readonly outcome: string };
}

/**
 * The last task of a release that failed; undefined: none.
 * @param order names of its containers, in the order of their start: the first failure ends the others
 */
export function lastFailedTask(
  tasks: readonly Task[],
  taskDefinitionArn: string,
  order: readonly string[],
): FailedTask | undefined {
  const [task] = tasks
    .filter((each) => each.taskDefinitionArn === taskDefinitionArn && each.stoppingAt !== undefined)
    // A task that was stopped because the release was given up does not show why.
    .filter(({ stoppedReason = '' }) => !stoppedReason.startsWith('Scaling activity'))
    .sort((left, right) => Number(right.stoppingAt) - Number(left.stoppingAt));
  if (!task) return undefined;
  const culprit = culpritOf(task.containers ?? [], order);
  return {
    id: taskId(task.taskArn),
    reason: task.stoppedReason?.replace(/\.$/, '') ?? 'no reason given',
    ...(culprit ? { container: culprit } : {}),
  };
}

/** The last part of a task's ARN, which is in the names of its log streams. */
export function taskId(taskArn: string | undefined): string {
  return taskArn?.split('/').at(-1) ?? '';
}

/** Ended by SIGKILL or SIGTERM: usually by ECS, because of another container or a health check. */
const SIGNALLED: ReadonlySet<number | undefined> = new Set([137, 143]);

function culpritOf(
  containers: readonly Container[],
  order: readonly string[],
): FailedTask['container'] {
  const sorted = [...containers].sort(
    (left, right) => order.indexOf(left.name ?? '') - order.indexOf(right.name ?? ''),
  );
  const ended = ({ exitCode }: Container) => exitCode !== undefined && exitCode !== 0;
  const found =
    sorted.find((each) => ended(each) && !SIGNALLED.has(each.exitCode)) ??
    sorted.find((each) => each.reason !== undefined) ??
    sorted.find(ended) ??
    sorted.find(({ healthStatus }) => healthStatus === 'UNHEALTHY') ??
    sorted.at(-1);
  return found?.name === undefined ? undefined : { name: found.name, outcome: outcomeOf(found) };
}

function outcomeOf({ name, exitCode, reason, healthStatus }: Container): string {
  const why = reason ? ` (${reason})` : '';
  if (exitCode !== undefined) return `${name} ended with exit code ${exitCode}${why}`;
  if (reason) return `${name} did not run${why}`;
  return healthStatus === 'UNHEALTHY' ? `${name} is unhealthy` : `${name} did not end by itself`;
}
