import type { ContainerDefinition, ECSClient, Service, Task } from '@aws-sdk/client-ecs';
import { LABELS } from '../derive/labels.ts';
import { parseSecretVersions, type SecretVersions } from '../derive/secret-versions.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { taskId } from './failed-task.ts';

/** A running task of the service. */
export interface RunningTask {
  /** The last part of its ARN. */
  readonly id: string;
  /** Includes the revision. */
  readonly taskDefinitionArn: string;
  /** Version of each generated secret, by the label of the backend's container. */
  readonly versions: SecretVersions;
  /** Variable of that container -> ARN of the secret that it was filled from, with its version. */
  readonly references: Readonly<Record<string, string>>;
}

/** The most tasks that one call lists. */
const MOST_TASKS = 100;

/**
 * The running tasks of a service; none if the service does not exist.
 * @throws as the SDK does
 */
export async function runningTasks(
  account: AwsAccount,
  { cluster, name }: { readonly cluster: string; readonly name: string },
): Promise<RunningTask[]> {
  const sdk = await import('@aws-sdk/client-ecs');
  const ecs = new sdk.ECSClient(await clientConfig(account, 'ecs'));
  try {
    const { services = [] } = await ecs.send(
      new sdk.DescribeServicesCommand({ cluster, services: [name] }),
    );
    if (!services.some(exists)) return [];
    const running = (await tasksOf(ecs, cluster, name)).filter(
      ({ lastStatus }) => lastStatus === 'RUNNING',
    );
    const definitions = new Map<string, ContainerDefinition[]>();
    for (const { taskDefinitionArn = '' } of running) {
      if (definitions.has(taskDefinitionArn)) continue;
      definitions.set(taskDefinitionArn, await containersOf(ecs, taskDefinitionArn));
    }
    return running.map((task) => runningTask(task, definitions));
  } catch (error) {
    if ((error as Error).name === 'ClusterNotFoundException') return [];
    throw error;
  } finally {
    ecs.destroy();
  }
}

function exists({ status }: Service): boolean {
  return status !== 'INACTIVE';
}

async function tasksOf(ecs: ECSClient, cluster: string, serviceName: string): Promise<Task[]> {
  const { DescribeTasksCommand, paginateListTasks } = await import('@aws-sdk/client-ecs');
  const found: Task[] = [];
  const pages = paginateListTasks(
    { client: ecs, pageSize: MOST_TASKS },
    { cluster, serviceName, desiredStatus: 'RUNNING' },
  );
  for await (const { taskArns = [] } of pages) {
    if (taskArns.length === 0) continue;
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    found.push(...tasks);
  }
  return found;
}

/** The containers of a revision, also of one that is no longer in use. */
export async function containersOf(
  ecs: ECSClient,
  taskDefinition: string,
): Promise<ContainerDefinition[]> {
  const { DescribeTaskDefinitionCommand } = await import('@aws-sdk/client-ecs');
  const found = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  return found.taskDefinition?.containerDefinitions ?? [];
}

function runningTask(
  { taskArn, taskDefinitionArn = '' }: Task,
  definitions: ReadonlyMap<string, readonly ContainerDefinition[]>,
): RunningTask {
  const serving = definitions
    .get(taskDefinitionArn)
    ?.find(({ dockerLabels }) => dockerLabels?.[LABELS.secretVersions] !== undefined);
  return {
    id: taskId(taskArn),
    taskDefinitionArn,
    versions: parseSecretVersions(serving?.dockerLabels?.[LABELS.secretVersions]),
    references: referencesOf(serving),
  };
}

/** Variable -> the secret that ECS fills it from. */
export function referencesOf(
  container: ContainerDefinition | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (container?.secrets ?? []).map(({ name = '', valueFrom = '' }) => [name, valueFrom]),
  );
}
