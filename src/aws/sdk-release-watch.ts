import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient, Service, Task } from '@aws-sdk/client-ecs';
import { UserError } from '../errors.ts';
import { maskSecrets } from '../mask.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { type FailedTask, lastFailedTask } from './failed-task.ts';
import { lastLines } from './last-lines.ts';
import type { ReleaseWatch, WatchedRelease } from './release-watch.ts';
import { type Rollout, revisionOf, rolloutOf } from './rollout.ts';

/** How many of a service's last events a failure shows. */
const SHOWN_EVENTS = 5;
/** After this a service that has another revision than was asked for has taken ours back. */
const BEGIN_SECONDS = 60;

export interface SdkReleaseWatchOptions extends AwsAccount {
  readonly log: (line: string) => void;
  /** @default 5000 */
  readonly pollMilliseconds?: number;
}

interface Clients {
  readonly ecs: ECSClient;
  readonly logs: CloudWatchLogsClient;
}

/**
 * Watches a release through AWS's own SDK. The provider's own waiting takes a release that the circuit
 * breaker took back for a success: the service is steady again, on the revision before.
 */
export class SdkReleaseWatch implements ReleaseWatch {
  readonly #options: SdkReleaseWatchOptions;

  constructor(options: SdkReleaseWatchOptions) {
    this.#options = options;
  }

  async untilServing(release: WatchedRelease): Promise<void> {
    const clients = await this.#clients();
    try {
      await this.#watch(clients, release);
    } catch (error) {
      if (error instanceof UserError) throw error;
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      throw new UserError(
        `AWS does not say whether the release serves (${reason}); mend that and run up again`,
      );
    } finally {
      clients.ecs.destroy();
      clients.logs.destroy();
    }
  }

  async #watch(clients: Clients, release: WatchedRelease): Promise<void> {
    const start = Date.now();
    let begun = false;
    let told = '';
    for (;;) {
      const service = await describe(clients.ecs, release);
      const seconds = (Date.now() - start) / 1000;
      begun ||= hasBegun(service, release, start) || seconds > BEGIN_SECONDS;
      const rollout = rolloutOf(service, release.taskDefinitionArn, begun);
      if (rollout.state === 'serving') return;
      if (rollout.state === 'failed' || seconds > release.timeoutSeconds) {
        throw new UserError(await explain(clients, release, { service, rollout, start }));
      }
      if (rollout.text !== told) this.#options.log(`${release.serviceName}: ${rollout.text}`);
      told = rollout.text;
      await new Promise((resolve) => setTimeout(resolve, this.#options.pollMilliseconds ?? 5000));
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
  if (!service) throw new UserError(`the service ${serviceName} is gone; run up again`);
  return service;
}

/** Not by an earlier try of the same revision, which may still be listed as failed. */
function hasBegun(
  { deployments = [] }: Service,
  { taskDefinitionArn }: WatchedRelease,
  start: number,
): boolean {
  return deployments.some(
    ({ status, taskDefinition, createdAt }) =>
      taskDefinition === taskDefinitionArn &&
      (status === 'PRIMARY' || Number(createdAt) > start - BEGIN_SECONDS * 1000),
  );
}

interface Failure {
  readonly service: Service;
  readonly rollout: Rollout;
  /** When the watch began, in milliseconds. */
  readonly start: number;
}

/** All that AWS says of the failure, with what to do. */
async function explain(
  clients: Clients,
  release: WatchedRelease,
  { service, rollout, start }: Failure,
): Promise<string> {
  const task = lastFailedTask(
    await stoppedTasks(clients.ecs, release),
    release.taskDefinitionArn,
    release.containers.map(({ name }) => name),
  );
  const lines = [
    `${headline(release, rollout)}${task ? `: ${whyOf(task)}` : ''}.`,
    ...(task?.container
      ? [`Its last lines:\n${await lastLines(clients.logs, release, task)}`]
      : []),
    ...events(service, release, start),
    outcome(release, rollout),
  ];
  return maskSecrets(lines.join('\n'), release.secrets);
}

function headline({ taskDefinitionArn, timeoutSeconds }: WatchedRelease, rollout: Rollout): string {
  const revision = revisionOf(taskDefinitionArn);
  if (rollout.state === 'failed') return `the release ${revision} failed (${rollout.reason})`;
  const text = rollout.state === 'waiting' ? ` (${rollout.text})` : '';
  return `the release ${revision} does not serve after ${Math.round(timeoutSeconds / 60)} minutes${text}`;
}

function whyOf({ id, reason, container }: FailedTask): string {
  return `task ${id}: ${reason}${container ? `, ${container.outcome}` : ''}`;
}

function outcome({ serviceName }: WatchedRelease, rollout: Rollout): string {
  if (rollout.state !== 'failed') {
    return `ECS goes on trying, and what served before serves. Mend what ${serviceName} lacks, then run up again.`;
  }
  return rollout.serving
    ? `What served before goes on (${revisionOf(rollout.serving)}). Mend the release, then run up again.`
    : 'Nothing serves. Mend the release, then run up again.';
}

/** What ECS says of the service since the release began, oldest first. */
function events(
  { deployments = [], events: all = [] }: Service,
  { taskDefinitionArn }: WatchedRelease,
  start: number,
): string[] {
  // By AWS's own clock, as long as it knows.
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
