import * as pulumi from '@pulumi/pulumi';
import type { OneOffTask } from '../../../src/aws/release-work.ts';
import type { OneOffTaskPlan } from '../../../src/derive/plan.ts';
import { ContainerTask } from '../../components/aws/container-task.ts';
import type { FargateCluster } from '../../components/aws/fargate-cluster.ts';
import type { ServiceLogs } from '../../components/aws/service-logs.ts';
import type { ServiceRole } from '../../components/aws/service-role.ts';
import type { StackContext } from './args.ts';
import type { StackNetwork } from './network.ts';
import { type TaskParts, taskContainer } from './task.ts';

/** What all tasks of a stack share. */
export interface TaskSettings {
  readonly parts: TaskParts;
  readonly logs: ServiceLogs;
  readonly executionRole: ServiceRole;
  readonly taskRole: ServiceRole;
}

/** The task of the backend's service. */
export function serviceTask(context: StackContext, settings: TaskSettings): ContainerTask {
  const { plan, name, opts } = context;
  const { task } = plan.aws;
  const containers = task.containers.map((container) => taskContainer(container, settings.parts));
  return new ContainerTask(
    name('task'),
    { ...taskArgs(context, settings), family: task.family, containers },
    opts,
  );
}

/**
 * A task that runs once.
 * @param runsAfter what has to exist before it runs
 * @returns its definition, and what `ReleaseWork` runs
 */
export function oneOffTask(
  context: StackContext,
  settings: TaskSettings & { readonly cluster: FargateCluster; readonly network: StackNetwork },
  title: string,
  planned: OneOffTaskPlan,
  runsAfter: readonly pulumi.Resource[],
) {
  const { plan, name, secrets, opts } = context;
  const { parts, logs, cluster, network } = settings;
  const containers = planned.containers.map((container) => taskContainer(container, parts));
  const { definition } = new ContainerTask(
    name(title),
    { ...taskArgs(context, settings), family: planned.family, containers, runsAfter },
    opts,
  );
  const run: pulumi.Output<OneOffTask> = pulumi.output({
    title,
    clusterArn: cluster.arn,
    taskDefinitionArn: definition.arn,
    logGroup: logs.groupName,
    containers: planned.containers.map((container) => ({
      name: container.name,
      logPrefix: container.logPrefix,
    })),
    secrets: pulumi.all(plan.aws.secrets.map(({ value }) => secrets.fill(value, parts.outputs))),
    timeoutSeconds: planned.timeoutSeconds,
    ...network.placement('backend'),
  });
  return { definition, run };
}

function taskArgs({ plan }: StackContext, { logs, executionRole, taskRole }: TaskSettings) {
  return {
    plan: plan.aws.task,
    logs: { group: logs.groupName, region: plan.aws.region },
    executionRoleArn: executionRole.arn,
    taskRoleArn: taskRole.arn,
  };
}
