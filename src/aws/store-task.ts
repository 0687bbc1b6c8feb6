import type { ECSClient, NetworkConfiguration, Task } from '@aws-sdk/client-ecs';
import { UserError } from '../errors.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { taskId } from './failed-task.ts';
import { lastTaskLines, type TaskLog } from './last-lines.ts';
import { TASK_POLL } from './limits.ts';

/** A program that runs once in a container of a task definition, in place of that container's own. */
export interface StoreTask extends TaskLog {
  readonly cluster: string;
  readonly taskDefinitionArn: string;
  /** Name of the container, whose entry point is node. */
  readonly container: string;
  /** Node's arguments. */
  readonly command: readonly string[];
  /** Added to the container's own variables; whoever may describe tasks can read them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Exit codes that say all. */
  readonly meant: readonly number[];
  /** How long it may take, Fargate's own start included. */
  readonly timeoutSeconds: number;
}

export interface StoreTaskEnd {
  /** Of the named container; undefined: it did not run. */
  readonly exitCode: number | undefined;
  /** What it wrote last; empty if it ended with a code in `meant`. */
  readonly said: string;
}

/** The network of a service that runs; undefined: there is none, or none of its tasks runs. */
export async function serviceNetwork(
  account: AwsAccount,
  { cluster, name }: { readonly cluster: string; readonly name: string },
): Promise<NetworkConfiguration | undefined> {
  const { DescribeServicesCommand, ECSClient } = await import('@aws-sdk/client-ecs');
  const ecs = new ECSClient(await clientConfig(account, 'ecs'));
  try {
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: [name] }),
    );
    const found = services.find(({ status }) => status === 'ACTIVE');
    return found?.runningCount ? found.networkConfiguration : undefined;
  } catch (error) {
    if ((error as Error).name === 'ClusterNotFoundException') return undefined;
    throw error;
  } finally {
    ecs.destroy();
  }
}

/**
 * Runs a task and waits until it ends. If it is not waited for any longer, it is not stopped: it ends by itself.
 * @param started gets the task's ARN
 * @throws UserError if ECS cannot start it, or it does not end in time; as the SDK does
 */
export async function runStoreTask(
  account: AwsAccount,
  task: StoreTask,
  network: NetworkConfiguration,
  started: (taskArn: string) => void,
): Promise<StoreTaskEnd> {
  const { ECSClient } = await import('@aws-sdk/client-ecs');
  const ecs = new ECSClient(await clientConfig(account, 'ecs'));
  try {
    const taskArn = await start(ecs, task, network);
    started(taskArn);
    const ended = await untilStopped(ecs, task, taskArn);
    const exitCode = ended?.containers?.find(({ name }) => name === task.container)?.exitCode;
    if (exitCode !== undefined && task.meant.includes(exitCode)) return { exitCode, said: '' };
    return { exitCode, said: await lastWords(account, task, ended) };
  } finally {
    ecs.destroy();
  }
}

async function start(
  ecs: ECSClient,
  { cluster, taskDefinitionArn, container, command, environment }: StoreTask,
  networkConfiguration: NetworkConfiguration,
): Promise<string> {
  const { RunTaskCommand } = await import('@aws-sdk/client-ecs');
  const { tasks, failures } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: taskDefinitionArn,
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'medusa-infra-admin',
      networkConfiguration,
      overrides: {
        containerOverrides: [
          {
            name: container,
            command: [...command],
            environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
          },
        ],
      },
    }),
  );
  const arn = tasks?.[0]?.taskArn;
  if (arn) return arn;
  const reason = failures?.map((failure) => failure.reason).join(', ') || 'no reason';
  throw new UserError(
    `ECS did not start a task of ${taskDefinitionArn} (${reason}), so nothing was changed; run the command again`,
    'aws-request-failed',
  );
}

async function untilStopped(
  ecs: ECSClient,
  { cluster, timeoutSeconds, logGroup }: StoreTask,
  taskArn: string,
): Promise<Task | undefined> {
  const { DescribeTasksCommand, waitUntilTasksStopped } = await import('@aws-sdk/client-ecs');
  const limits = { maxWaitTime: timeoutSeconds, ...TASK_POLL };
  try {
    await waitUntilTasksStopped({ client: ecs, ...limits }, { cluster, tasks: [taskArn] });
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    throw new UserError(
      `the task ${taskArn} has not ended within ${timeoutSeconds} s; its log is in the group ${logGroup}`,
      'aws-request-failed',
    );
  }
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
  return tasks?.[0];
}

/** Of the container that failed: the last one that has an exit code, else why ECS ran none. */
async function lastWords(
  account: AwsAccount,
  task: StoreTask,
  ended: Task | undefined,
): Promise<string> {
  const failed = (ended?.containers ?? []).find(({ exitCode }) => exitCode);
  if (!failed?.name) return ended?.stoppedReason ?? '';
  const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
  const logs = new CloudWatchLogsClient(await clientConfig(account, 'logs'));
  const container = { name: failed.name, outcome: '' };
  const where = { id: taskId(ended?.taskArn), reason: '', container };
  const lines = await lastTaskLines(logs, task, where);
  logs.destroy();
  return `${failed.name}: ${lines.trim()}`;
}
