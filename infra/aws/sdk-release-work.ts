import type { Task } from '@aws-sdk/client-ecs';
import { UserError } from '../../src/errors.ts';
import { maskSecrets } from '../engine/mask.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { lastFailedTask } from './failed-task.ts';
import { lastLines } from './last-lines.ts';
import type { OneTask, ReleaseWork } from './release-work.ts';

export interface SdkReleaseWorkOptions extends AwsAccount {
  readonly log: (line: string) => void;
}

/** Release work through AWS's own SDK, which is loaded when there is some. */
export class SdkReleaseWork implements ReleaseWork {
  readonly #options: SdkReleaseWorkOptions;

  constructor(options: SdkReleaseWorkOptions) {
    this.#options = options;
  }

  async runTask(task: OneTask): Promise<void> {
    await answered(`the task ${task.title}`, () => this.#runTask(task));
  }

  async setRedisPassword(replicationGroupId: string, password: string): Promise<void> {
    await answered(`the password of ${replicationGroupId}`, () =>
      this.#setRedisPassword(replicationGroupId, password),
    );
  }

  async #runTask(task: OneTask): Promise<void> {
    const { ECSClient, RunTaskCommand, waitUntilTasksStopped, DescribeTasksCommand } = await import(
      '@aws-sdk/client-ecs'
    );
    const client = new ECSClient(await clientConfig(this.#options, 'ecs'));
    const started = await client.send(
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
    const arn = started.tasks?.[0]?.taskArn;
    if (!arn) {
      const reason = started.failures?.map((failure) => failure.reason).join(', ') || 'no reason';
      throw new UserError(`the task ${task.title} could not be started (${reason}); run up again`);
    }
    this.#options.log(`${task.title}: ${arn}`);
    const where = { cluster: task.clusterArn, tasks: [arn] };
    const wait = { client, maxWaitTime: task.timeoutSeconds, minDelay: 2, maxDelay: 6 };
    await waitUntilTasksStopped(wait, where).catch((error: Error) => {
      if (error.name !== 'TimeoutError') throw error;
      // It is not stopped: what it does has limits of its own, and a lock that the next run waits for.
      throw new UserError(
        `the task ${task.title} has not ended within ${task.timeoutSeconds} s; its log is in the group ${task.logGroup}; see what it waits for and run up again`,
      );
    });
    const { tasks } = await client.send(new DescribeTasksCommand(where));
    const failure = failureOf(tasks?.[0]);
    if (failure) throw new UserError(await this.#explain(task, tasks ?? [], failure));
  }

  async #explain(task: OneTask, tasks: readonly Task[], failure: string): Promise<string> {
    const names = task.containers.map(({ name }) => name);
    const failed = lastFailedTask(tasks, task.taskDefinitionArn, names);
    const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
    const logs = new CloudWatchLogsClient(await clientConfig(this.#options, 'logs'));
    const lines = [
      `the task ${task.title} failed: ${failure}.`,
      ...(failed?.container ? [`Its last lines:\n${await lastLines(logs, task, failed)}`] : []),
      'What serves goes on. Mend it, then run up again.',
    ];
    logs.destroy();
    return maskSecrets(lines.join('\n'), task.secrets);
  }

  async #setRedisPassword(replicationGroupId: string, password: string): Promise<void> {
    const { ElastiCacheClient, ModifyReplicationGroupCommand } = await import(
      '@aws-sdk/client-elasticache'
    );
    const client = new ElastiCacheClient(await clientConfig(this.#options, 'elasticache'));
    await client.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: replicationGroupId,
        AuthToken: password,
        AuthTokenUpdateStrategy: 'SET',
        ApplyImmediately: true,
      }),
    );
  }
}

/** What AWS refuses is for the user to mend: its words, without a stack. */
async function answered(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new UserError(`${what}: AWS refuses (${reason}); the release serves; run up again`);
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
