import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient, Service, Task } from '@aws-sdk/client-ecs';
import { firstLine, messageOf } from '../error-text.ts';
import { UserError } from '../errors.ts';
import { masker } from '../mask.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { type FailedTask, lastFailedTask } from './failed-task.ts';
import { lastTaskLines } from './last-lines.ts';
import { RELEASE_BEGIN_SECONDS, RELEASE_POLL_MILLISECONDS } from './limits.ts';
import type { ReleaseWatch, WatchedRelease } from './release-watch.ts';
import { type Rollout, revisionOf, rolloutOf } from './rollout.ts';

/** Number of a service's last events in a failure. */
const SHOWN_EVENTS = 5;

export interface SdkReleaseWatchOptions extends AwsAccount {
  readonly log: (line: string) => void;
  /** Between two looks. @default RELEASE_POLL_MILLISECONDS */
  readonly pollMilliseconds?: number;
}

interface Clients {
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
}

/**
 * Watches a release through AWS's SDK. The provider would wait for a steady service, and take a release
 * for a success that the circuit breaker rolled back: the service is steady, on the previous revision.
 */
export class SdkReleaseWatch implements ReleaseWatch {
  readonly #options: SdkReleaseWatchOptions;

  constructor(options: SdkReleaseWatchOptions) {
    this.#options = options;
  }

  async untilRunning(release: WatchedRelease): Promise<void> {
    const clients = await this.#clients();
    try {
      await this.#watch(clients, release);
    } catch (error) {
      if (error instanceof UserError) throw error;
      const reason = firstLine(messageOf(error));
      throw new UserError(
        `AWS does not report whether the release is running (${reason}); fix that and run up again`,
        'aws-request-failed',
      );
    } finally {
      clients.ecs.destroy();
      clients.logs.destroy();
    }
  }

  async #watch(clients: Clients, release: WatchedRelease): Promise<void> {
    const start = Date.now();
    let begun = false;
    let logged = '';
    for (;;) {
      const service = await describe(clients.ecs, release);
      const seconds = (Date.now() - start) / 1000;
      begun ||= hasBegun(service, release, start) || seconds > RELEASE_BEGIN_SECONDS;
      const rollout = rolloutOf(service, release.taskDefinitionArn, begun);
      if (rollout.state === 'running') return;
      if (rollout.state === 'failed' || seconds > release.timeoutSeconds) {
        const message = await explain(clients, release, { service, rollout, start });
        throw new UserError(message, 'release-failed');
      }
      if (rollout.text !== logged) this.#options.log(`${release.serviceName}: ${rollout.text}`);
      logged = rollout.text;
      await new Promise((resolve) =>
        setTimeout(resolve, this.#options.pollMilliseconds ?? RELEASE_POLL_MILLISECONDS),
      );
    }
  }

  async #clients(): Promise<Clients> {
    const [{ ECSClient }, { CloudWatchLogsClient }, ecs, logs] = await Promise.all([
      import('@aws-sdk/client-ecs'),
      import('@aws-sdk/client-cloudwatch-logs'),
      clientConfig(this.#options, 'ecs'),
      clientConfig(this.#options, 'logs'),
    ]);
    return { ecs: new ECSClient(ecs), logs: new CloudWatchLogsClient(logs) };
  }
}

async function describe(ecs: ECSClient, { clusterArn, serviceName }: WatchedRelease) {
  const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: clusterArn, services: [serviceName] }),
  );
  const [service] = services;
  if (!service) {
    throw new UserError(`the service ${serviceName} is gone; run up again`, 'aws-service-missing');
  }
  return service;
}

/** Ignores an earlier attempt with the same revision, which may still be listed as failed. */
function hasBegun(
  { deployments = [] }: Service,
  { taskDefinitionArn }: WatchedRelease,
  start: number,
): boolean {
  return deployments.some(
    ({ status, taskDefinition, createdAt }) =>
      taskDefinition === taskDefinitionArn &&
      (status === 'PRIMARY' || Number(createdAt) > start - RELEASE_BEGIN_SECONDS * 1000),
  );
}

interface FailedRelease {
  readonly service: Service;
  readonly rollout: Rollout;
  /** When the watch began, in milliseconds. */
  readonly start: number;
}

/** All that AWS reports about the failure, and what to do. */
async function explain(
  clients: Clients,
  release: WatchedRelease,
  { service, rollout, start }: FailedRelease,
): Promise<string> {
  const task = lastFailedTask(
    await stoppedTasks(clients.ecs, release),
    release.taskDefinitionArn,
    release.containers.map(({ name }) => name),
  );
  const lines = [
    `${headline(release, rollout)}${task ? `: ${whyOf(task)}` : ''}.`,
    ...(task?.container
      ? [`Its last lines:\n${await lastTaskLines(clients.logs, release, task)}`]
      : []),
    ...events(service, release, start),
    outcome(release, rollout),
  ];
  return masker(release.secrets)(lines.join('\n'));
}

function headline({ taskDefinitionArn, timeoutSeconds }: WatchedRelease, rollout: Rollout): string {
  const revision = revisionOf(taskDefinitionArn);
  if (rollout.state === 'failed') return `the release ${revision} failed (${rollout.reason})`;
  const text = rollout.state === 'waiting' ? ` (${rollout.text})` : '';
  return `the release ${revision} is not running after ${Math.round(timeoutSeconds / 60)} minutes${text}`;
}

function whyOf({ id, reason, container }: FailedTask): string {
  return `task ${id}: ${reason}${container ? `, ${container.outcome}` : ''}`;
}

function outcome({ serviceName }: WatchedRelease, rollout: Rollout): string {
  if (rollout.state !== 'failed') {
    return `ECS keeps trying, and the previous release keeps running. Fix what ${serviceName} lacks, then run up again.`;
  }
  return rollout.running
    ? `The previous release (${revisionOf(rollout.running)}) keeps running. Fix the release, then run up again.`
    : 'No release is running. Fix the release, then run up again.';
}

/** Events of the service since the release began, oldest first. */
function events(
  { deployments = [], events: all = [] }: Service,
  { taskDefinitionArn }: WatchedRelease,
  start: number,
): string[] {
  // By AWS's clock if it lists the deployment.
  const own = deployments.find(({ taskDefinition }) => taskDefinition === taskDefinitionArn);
  const since = Number(own?.createdAt ?? start);
  const texts = all
    .filter(({ createdAt }) => Number(createdAt) >= since)
    .slice(0, SHOWN_EVENTS)
    .reverse()
    .map(({ message }) => `  ${message}`);
  return texts.length === 0 ? [] : [`ECS says:\n${texts.join('\n')}`];
}

async function stoppedTasks(ecs: ECSClient, release: WatchedRelease): Promise<readonly Task[]> {
  const { DescribeTasksCommand, ListTasksCommand } = await import('@aws-sdk/client-ecs');
  const { clusterArn: cluster, serviceName } = release;
  const { taskArns = [] } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' }),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks;
}
