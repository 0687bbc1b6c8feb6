import type { ECSClientConfig, Task } from '@aws-sdk/client-ecs';
import { UserError } from '../../src/errors.ts';
import { type AwsConfig, endpointOf } from './provider-config.ts';
import type { OneTask, ReleaseWork } from './release-work.ts';

/** How long a task may take from its start to its end, its image's download included. */
const TASK_SECONDS = 600;

export interface SdkReleaseWorkOptions {
  readonly region: string;
  /** The provider's configuration: the same account is meant. */
  readonly config: AwsConfig;
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
    const client = new ECSClient(await this.#clientConfig('ecs'));
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
    await waitUntilTasksStopped(
      { client, maxWaitTime: TASK_SECONDS, minDelay: 2, maxDelay: 6 },
      where,
    );
    const { tasks } = await client.send(new DescribeTasksCommand(where));
    const failure = failureOf(tasks?.[0]);
    if (failure) {
      throw new UserError(
        `the task ${task.title} failed: ${failure}; its log is in the group ${task.logGroup}; mend it and run up again`,
      );
    }
  }

  async #setRedisPassword(replicationGroupId: string, password: string): Promise<void> {
    const { ElastiCacheClient, ModifyReplicationGroupCommand } = await import(
      '@aws-sdk/client-elasticache'
    );
    const client = new ElastiCacheClient(await this.#clientConfig('elasticache'));
    await client.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: replicationGroupId,
        AuthToken: password,
        AuthTokenUpdateStrategy: 'SET',
        ApplyImmediately: true,
      }),
    );
  }

  async #clientConfig(service: string): Promise<ECSClientConfig> {
    const { region, config } = this.#options;
    const endpoint = endpointOf(config, service);
    const credentials = await credentialsOf(config, region);
    return { region, ...(endpoint ? { endpoint } : {}), ...(credentials ? { credentials } : {}) };
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

interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly sessionName?: string;
}

/** As the provider finds them; undefined: from the environment and the usual files. */
async function credentialsOf(
  config: AwsConfig,
  region: string,
): Promise<ECSClientConfig['credentials'] | undefined> {
  const { accessKey, secretKey, token, profile } = config;
  const roles: readonly AssumedRole[] = JSON.parse(config['assumeRoles'] ?? '[]');
  const own =
    accessKey && secretKey
      ? {
          accessKeyId: accessKey,
          secretAccessKey: secretKey,
          ...(token ? { sessionToken: token } : {}),
        }
      : undefined;
  if (!profile && roles.length === 0) return own;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import(
    '@aws-sdk/credential-providers'
  );
  const first = own ?? (profile ? fromNodeProviderChain({ profile }) : undefined);
  return roles.reduce<ECSClientConfig['credentials'] | undefined>(
    (masterCredentials, role) =>
      fromTemporaryCredentials({
        ...(masterCredentials ? { masterCredentials } : {}),
        params: {
          RoleArn: role.roleArn,
          RoleSessionName: role.sessionName ?? 'medusa-infra',
          ...(role.externalId ? { ExternalId: role.externalId } : {}),
        },
        clientConfig: { region },
      }),
    first,
  );
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
