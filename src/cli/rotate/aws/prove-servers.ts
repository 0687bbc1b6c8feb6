import type { ECSClient, Task } from '@aws-sdk/client-ecs';
import { clientConfig } from '../../../aws/client-config.ts';
import { taskId } from '../../../aws/failed-task.ts';
import { revisionOf } from '../../../aws/rollout.ts';
import { containersOf, referencesOf } from '../../../aws/running-tasks.ts';
import { markerNames, preparedBy } from '../../../derive/aws/markers.ts';
import { loginRoles } from '../../../derive/login-roles.ts';
import { parseSecretVersions } from '../../../derive/secret-versions.ts';
import {
  type AwsProofContext,
  earlierVersions,
  notTried,
  type Proof,
  variablesWith,
} from '../proof.ts';
import type { RotationStep } from '../steps.ts';

/** The migrations logged in with the new role before the release; the old role was retired after it. */
export async function proveDatabaseOnAws(
  context: AwsProofContext,
  step: RotationStep,
): Promise<Proof[]> {
  const { stack, plan } = context;
  const { database } = stack;
  if (!plan.aws.database || database.type !== 'postgres') return [];
  const roleOf = (version: number) => loginRoles(database.name, [version])[0]?.name ?? '';
  const kept = earlierVersions(context, step).filter((each) => each.kept);
  return withEcs(context, async (ecs) => [
    await proveMigrations(context, ecs, step),
    proveRetired(
      context,
      step,
      kept.length > 0
        ? `role ${roleOf(step.to)} is in use, and role ${kept.map(({ version }) => roleOf(version)).join(', ')} is kept`
        : `role ${roleOf(step.to - 1)} is retired`,
    ),
    ...(kept.length > 0 ? [] : await proveRetireTask(context, ecs, step)),
    notTried(step, 'a login from here, because only the tasks can reach PostgreSQL'),
  ]);
}

/** The same of ElastiCache's token, which has to be the only one in the end. */
export async function proveRedisOnAws(
  context: AwsProofContext,
  step: RotationStep,
): Promise<Proof[]> {
  const { plan } = context;
  if (!plan.aws.redis) return [];
  const { replicationGroupId } = plan.aws.redis;
  return withEcs(context, async (ecs) => [
    await proveMigrations(context, ecs, step),
    proveRetired(
      context,
      step,
      `ElastiCache was set to accept only the password of version ${step.to}`,
    ),
    await proveToken(context, step, replicationGroupId),
    notTried(step, 'a login from here, because only the tasks can reach Redis'),
  ]);
}

async function withEcs<T>(
  { account }: AwsProofContext,
  work: (ecs: ECSClient) => Promise<T>,
): Promise<T> {
  const { ECSClient } = await import('@aws-sdk/client-ecs');
  const ecs = new ECSClient(await clientConfig(account, 'ecs'));
  try {
    return await work(ecs);
  } finally {
    ecs.destroy();
  }
}

/**
 * `prepare-migrate` logs in at both servers, and `up` goes on only after it has ended well: with the
 * very value that the tasks got, if the revision that is noted names the same version of the secret.
 */
async function proveMigrations(
  { markers, tasks, plan }: AwsProofContext,
  ecs: ECSClient,
  { name, to }: RotationStep,
): Promise<Proof> {
  const prepared = preparedBy(markers.prepared) ?? '';
  const containers = prepared === '' ? [] : await containersOf(ecs, prepared);
  const migrate = containers.find((each) => each.name === 'prepare-migrate');
  const references = referencesOf(migrate);
  const variables = variablesWith(plan, name);
  const same = tasks.filter((task) =>
    variables.every(
      (each) => references[each] !== undefined && references[each] === task.references[each],
    ),
  );
  const ok = variables.length > 0 && tasks.length > 0 && same.length === tasks.length;
  const text = `prepare-migrate logged in with the password of version ${to} before the release`;
  const where = prepared === '' ? 'nothing is recorded' : revisionOf(prepared);
  return { secret: name, ok, text: ok ? `${text} (${where})` : `${text}: not so (${where})` };
}

/** `up` notes the versions when what ends their predecessors has ended well, and not before. */
function proveRetired(
  { markers, plan }: AwsProofContext,
  { name, to }: RotationStep,
  what: string,
): Proof {
  const noted = parseSecretVersions(markers.retired)[name];
  const where = `${markerNames(plan).retired}: ${markers.retired ?? 'not there'}`;
  const ok = noted === to;
  return { secret: name, ok, text: ok ? `${what} (${where})` : `${what}: not so (${where})` };
}

/** ECS lists a task that has ended for about an hour. */
async function proveRetireTask(
  { plan }: AwsProofContext,
  ecs: ECSClient,
  step: RotationStep,
): Promise<Proof[]> {
  const { aws } = plan;
  if (!aws.retire) return [];
  const { DescribeTasksCommand, ListTasksCommand } = await import('@aws-sdk/client-ecs');
  const { cluster } = aws.service;
  const { taskArns = [] } = await ecs.send(
    new ListTasksCommand({ cluster, family: aws.retire.family, desiredStatus: 'STOPPED' }),
  );
  const { tasks = [] } =
    taskArns.length === 0
      ? {}
      : await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  const last = tasks.sort((a, b) => Number(b.createdAt ?? 0) - Number(a.createdAt ?? 0))[0];
  if (!last) return [notTried(step, 'the exit of the retire task, which ECS no longer lists')];
  const codes = exitCodes(last);
  return [
    {
      secret: step.name,
      ok: codes.length > 0 && codes.every((code) => code === 0),
      text: `the retire task ended with exit code ${codes.join(', ') || 'unknown'} (${taskId(last.taskArn)})`,
    },
  ];
}

function exitCodes({ containers = [] }: Task): (number | undefined)[] {
  return containers.map(({ exitCode }) => exitCode);
}

/** A change of the token is carried out after AWS has taken it. */
async function proveToken(
  { account }: AwsProofContext,
  step: RotationStep,
  replicationGroupId: string,
): Promise<Proof> {
  const sdk = await import('@aws-sdk/client-elasticache');
  const client = new sdk.ElastiCacheClient(await clientConfig(account, 'elasticache'));
  try {
    const { ReplicationGroups = [] } = await client.send(
      new sdk.DescribeReplicationGroupsCommand({ ReplicationGroupId: replicationGroupId }),
    );
    const pending = ReplicationGroups[0]?.PendingModifiedValues?.AuthTokenStatus;
    if (pending) {
      return notTried(
        step,
        `whether the change is complete: ElastiCache is still applying it (${pending})`,
      );
    }
    return {
      secret: step.name,
      ok: ReplicationGroups[0]?.AuthTokenEnabled === true,
      text: `${replicationGroupId} requires a password and has no pending change of it`,
    };
  } finally {
    client.destroy();
  }
}
