import type { ECSClient, Task } from '@aws-sdk/client-ecs';
import { firstLine, messageOf } from '../error-text.ts';
import { UserError } from '../errors.ts';
import { masker } from '../mask.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { lastFailedTask } from './failed-task.ts';
import { lastTaskLines } from './last-lines.ts';
import { TASK_POLL } from './limits.ts';
import { setPassword } from './redis-password.ts';
import type { OneOffTask, ReleaseWork } from './release-work.ts';
import { revisionOf } from './rollout.ts';

export interface SdkReleaseWorkOptions extends AwsAccount {
  readonly log: (line: string) => void;
}

/** Release work through AWS's SDK, which is loaded only if there is some. */
export class SdkReleaseWork implements ReleaseWork {
  readonly #options: SdkReleaseWorkOptions;

  constructor(options: SdkReleaseWorkOptions) {
    this.#options = options;
  }

  async runTask(task: OneOffTask): Promise<void> {
    await withUserError(`the task ${task.title}`, () => this.#runTask(task));
  }

  async setRedisPassword(replicationGroupId: string, password: string): Promise<void> {
    await withUserError(`the password of ${replicationGroupId}`, () =>
      setPassword(this.#options, replicationGroupId, password),
    );
  }

  async #runTask(task: OneOffTask): Promise<void> {
    const { DescribeTasksCommand, ECSClient } = await import('@aws-sdk/client-ecs');
    const ecs = new ECSClient(await clientConfig(this.#options, 'ecs'));
    const arn = (await this.#earlierTask(ecs, task)) ?? (await this.#start(ecs, task));
    await untilStopped(ecs, task, [arn]);
    const { tasks } = await ecs.send(
      new DescribeTasksCommand({ cluster: task.clusterArn, tasks: [arn] }),
    );
    const failure = failureOf(tasks?.[0]);
    if (failure) {
      throw new UserError(await this.#explain(task, tasks ?? [], failure), 'job-failed');
    }
  }

  /**
   * The same task, if an interrupted run has started it and it is still running. Waits for tasks of other
   * revisions, so that there are never two at the same time.
   */
  async #earlierTask(ecs: ECSClient, task: OneOffTask): Promise<string | undefined> {
    const running = await runningTasks(ecs, task);
    const [same] = running.filter(({ taskDefinitionArn: arn }) => arn === task.taskDefinitionArn);
    if (same?.taskArn) {
      this.#options.log(`${task.title}: ${same.taskArn}, which a previous run has started`);
      return same.taskArn;
    }
    const others = running.map(({ taskArn = '' }) => taskArn);
    if (others.length === 0) return undefined;
    this.#options.log(`${task.title}: waiting until ${others.join(', ')} has ended`);
    await untilStopped(ecs, task, others);
    return undefined;
  }

  async #start(ecs: ECSClient, task: OneOffTask): Promise<string> {
    const { RunTaskCommand } = await import('@aws-sdk/client-ecs');
    const { tasks, failures } = await ecs.send(
      new RunTaskCommand({
        cluster: task.clusterArn,
        taskDefinition: task.taskDefinitionArn,
        launchType: 'FARGATE',
        count: 1,
        startedBy: 'medusa-infra',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...task.subnetIds],
            securityGroups: [task.securityGroupId],
            assignPublicIp: 'DISABLED',
          },
        },
      }),
    );
    const arn = tasks?.[0]?.taskArn;
    if (!arn) {
      const reason = failures?.map((failure) => failure.reason).join(', ') || 'no reason';
      throw new UserError(
        `the task ${task.title} could not be started (${reason}); run up again`,
        'aws-request-failed',
      );
    }
    this.#options.log(`${task.title}: ${arn}`);
    return arn;
  }

  async #explain(task: OneOffTask, tasks: readonly Task[], failure: string): Promise<string> {
    const names = task.containers.map(({ name }) => name);
    const failed = lastFailedTask(tasks, task.taskDefinitionArn, names);
    const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
    const logs = new CloudWatchLogsClient(await clientConfig(this.#options, 'logs'));
    const lines = [
      `the task ${task.title} failed: ${failure}.`,
      ...(failed?.container ? [`Its last lines:\n${await lastTaskLines(logs, task, failed)}`] : []),
      'The previous release keeps running. Fix the cause, then run up again.',
    ];
    logs.destroy();
    return masker(task.secrets)(lines.join('\n'));
  }
}

/** Tasks of the same family that are not about to end, of any revision. */
async function runningTasks(ecs: ECSClient, task: OneOffTask): Promise<readonly Task[]> {
  const { DescribeTasksCommand, ListTasksCommand } = await import('@aws-sdk/client-ecs');
  const [family = ''] = revisionOf(task.taskDefinitionArn).split(':');
  const { clusterArn: cluster } = task;
  const { taskArns = [] } = await ecs.send(
    new ListTasksCommand({ cluster, family, desiredStatus: 'RUNNING' }),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
}

async function untilStopped(ecs: ECSClient, task: OneOffTask, tasks: string[]): Promise<void> {
  const { waitUntilTasksStopped } = await import('@aws-sdk/client-ecs');
  const limits = { maxWaitTime: task.timeoutSeconds, ...TASK_POLL };
  try {
    await waitUntilTasksStopped({ client: ecs, ...limits }, { cluster: task.clusterArn, tasks });
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    // It is not stopped: its steps have their own limits, and the next run waits until it has ended.
    throw new UserError(
      `the task ${task.title} has not ended within ${task.timeoutSeconds} s; its log is in the group ${task.logGroup}; check what it waits for and run up again`,
      'job-failed',
    );
  }
}

/** Makes an error of AWS one that the user can fix: its message, without a stack trace. */
async function withUserError(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = firstLine(messageOf(error));
    throw new UserError(
      `${what}: AWS refuses (${reason}); the previous release keeps running; fix that and run up again`,
      'aws-request-failed',
    );
  }
}

function failureOf(task: Task | undefined): string | undefined {
  if (!task) return 'it is gone';
  const failed = (task.containers ?? []).filter(({ exitCode }) => exitCode !== 0);
  if (failed.length === 0) return undefined;
  return failed
    .map(({ name, exitCode, reason }) =>
      exitCode === undefined
        ? `${name} did not run (${reason ?? task.stoppedReason ?? 'no reason given'})`
        : `${name} ended with exit code ${exitCode}`,
    )
    .join(', ');
}
