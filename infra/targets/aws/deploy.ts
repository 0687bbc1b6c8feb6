import type { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { ReleaseWatch } from '../../../src/aws/release-watch.ts';
import type { ReleaseWork } from '../../../src/aws/release-work.ts';
import type { AwsPlan, AwsResources, OneOffTaskPlan } from '../../../src/derive/plan.ts';
import type { BuildContext } from '../../../src/images/build-context.ts';
import type { ImagePublisher } from '../../../src/images/publish/image-publisher.ts';
import { BackendService } from '../../components/aws/backend-service.ts';
import { ContainerTask } from '../../components/aws/container-task.ts';
import { FargateCluster } from '../../components/aws/fargate-cluster.ts';
import { SecretVault } from '../../components/aws/secret-vault.ts';
import { SecurityGroups } from '../../components/aws/security-groups.ts';
import { ServiceLogs } from '../../components/aws/service-logs.ts';
import { ServiceScaling } from '../../components/aws/service-scaling.ts';
import type { StackSecrets, TemplateOutputs } from '../../secrets.ts';
import type { TargetOutputs } from '../outputs.ts';
import { stackDatabase, stackKey, stackRedis } from './data.ts';
import { stackEdge } from './edge.ts';
import type { AwsFacts } from './facts.ts';
import { awsImages } from './images.ts';
import { stackEndpoints, stackFlowLogs, stackNetwork } from './network.ts';
import { type PolicyArns, stackRole } from './policies.ts';
import { prepareDatabase } from './prepare.ts';
import { servedRelease } from './release.ts';
import { retireOldCredentials } from './retire.ts';
import { taskContainer } from './task.ts';

export interface AwsTargetArgs {
  readonly plan: AwsPlan;
  readonly aws: AwsResources;
  readonly secrets: StackSecrets;
  /** For the account and region that are meant. */
  readonly provider: Provider;
  readonly facts: AwsFacts;
  readonly publisher: ImagePublisher;
  readonly work: ReleaseWork;
  readonly watch: ReleaseWatch;
  /** What the backend's image is built from; not needed for a reference. */
  readonly buildContext?: BuildContext;
  /** The prepare script's text. */
  readonly prepareScript: string;
}

export interface AwsTargetOutputs extends TargetOutputs {
  /** Name of the load balancer: what a host outside Route 53 has to be an alias of. */
  readonly loadBalancer: pulumi.Output<string>;
}

/** Makes all of a stack's resources on AWS; what does not depend on each other at once. */
export function deployToAws(args: AwsTargetArgs): AwsTargetOutputs {
  const { plan, aws, secrets, provider, facts } = args;
  const opts = { providers: [provider] };
  const invoke = { provider };
  const keyArn = stackKey(aws, facts, opts);
  const network = stackNetwork(aws, plan.name, facts, opts);
  const groups = new SecurityGroups(
    'security-groups',
    {
      namePrefix: plan.name,
      vpcId: network.vpcId,
      groups: aws.securityGroups,
      prefixListIds: network.prefixListIds,
    },
    opts,
  );
  const endpoints = stackEndpoints(aws, plan.name, network, groups, opts);
  const place = (group: 'database' | 'redis' | 'backend') => ({
    subnetIds: network.privateSubnetIds,
    securityGroupId: groups.id(group),
  });

  const database = stackDatabase(aws, () => ({ ...place('database'), keyArn }), opts);
  const redisPassword = aws.redis && secrets.fill(aws.redis.authToken);
  const redis =
    redisPassword &&
    stackRedis(aws, () => ({ ...place('redis'), keyArn, authToken: redisPassword }), opts);
  const outputs: TemplateOutputs = {
    ...(database ? { databaseHost: database.host } : {}),
    ...(redis ? { redisHost: redis.host } : {}),
  };
  const vault = new SecretVault(
    'vault',
    {
      keyArn,
      secrets: aws.secrets.map((secret) => ({
        ...secret,
        value: secrets.fill(secret.value, outputs),
      })),
    },
    opts,
  );
  const images = awsImages({ ...args, keyArn, opts, invoke });
  const logs = new ServiceLogs(
    'logs',
    { groupName: aws.logs.name, retentionDays: aws.logs.days, keyArn },
    opts,
  );
  const arns: PolicyArns = {
    secrets: vault.arns,
    'master-secret': database ? [database.masterSecretArn] : [],
    key: [keyArn],
    repository: images.repository ? [images.repository.arn] : [],
    'log-group': [logs.arn],
    'flow-log-group': [],
  };
  const roles = { aws, prefix: plan.name, facts, opts };
  const executionRole = stackRole(roles, 'execution', arns);
  const taskRole = stackRole(roles, 'task', arns);
  stackFlowLogs(aws, network, keyArn, opts, (flowLogGroup) =>
    stackRole(roles, 'flow-logs', { ...arns, 'flow-log-group': [flowLogGroup] }),
  );

  const parts = {
    secrets,
    outputs,
    vault,
    images: images.refs,
    ...(database ? { masterSecretArn: database.masterSecretArn } : {}),
  };
  const taskArgs = {
    ...aws.task,
    logs: { group: logs.groupName, region: aws.region },
    executionRoleArn: executionRole.arn,
    taskRoleArn: taskRole.arn,
  };
  const task = new ContainerTask(
    'task',
    {
      ...taskArgs,
      containers: aws.task.containers.map((container) => taskContainer(container, parts)),
    },
    opts,
  );
  const cluster = new FargateCluster(
    'fargate',
    { clusterName: aws.service.cluster, containerInsights: aws.service.containerInsights },
    opts,
  );
  const whatTasksNeed = [
    ...groups.rules,
    ...network.routes,
    ...endpoints,
    ...executionRole.rights,
    ...taskRole.rights,
    ...(database?.ready ?? []),
    ...(redis ? [redis.replicationGroup] : []),
  ];
  const oneOffTask = (
    title: string,
    planned: OneOffTaskPlan,
    runsAfter: readonly pulumi.Resource[],
  ) => {
    const { family, timeoutSeconds } = planned;
    const containers = planned.containers.map((container) => taskContainer(container, parts));
    const { definition } = new ContainerTask(
      title,
      { ...taskArgs, family, containers, runsAfter },
      opts,
    );
    const run = pulumi.output({
      title,
      clusterArn: cluster.arn,
      taskDefinitionArn: definition.arn,
      logGroup: logs.groupName,
      containers: planned.containers.map(({ name, logPrefix }) => ({ name, logPrefix })),
      secrets: pulumi.all(aws.secrets.map(({ value }) => secrets.fill(value, outputs))),
      timeoutSeconds,
      ...place('backend'),
    });
    return { definition, run };
  };
  const prepared = prepareDatabase({
    plan,
    work: args.work,
    task: oneOffTask('prepare', aws.prepare, whatTasksNeed),
    before: facts.markers.prepared,
    opts: { provider },
  });
  const edge = stackEdge(aws, plan.name, { network, groups, facts, opts });
  const service = new BackendService(
    'backend',
    {
      ...aws.service,
      ...place('backend'),
      clusterArn: cluster.arn,
      serviceName: aws.service.name,
      taskDefinitionArn: task.arn,
      scaled: aws.scaling !== undefined,
      target: { groupArn: edge.targetGroupArn, ...servingContainer(aws) },
      startsAfter: [...edge.listeners, ...whatTasksNeed, cluster.capacity, prepared],
    },
    opts,
  );
  const served = servedRelease({
    aws,
    watch: args.watch,
    service: service.service,
    clusterArn: cluster.arn,
    taskDefinitionArn: task.arn,
    secrets,
    outputs,
    opts,
  });
  if (aws.scaling) {
    new ServiceScaling(
      'scaling',
      {
        ...aws.scaling,
        clusterName: cluster.clusterName,
        serviceName: service.serviceName,
        resourceLabel: edge.resourceLabel,
      },
      opts,
    );
  }
  retireOldCredentials({
    plan,
    work: args.work,
    served,
    before: facts.markers,
    opts: { provider },
    ...(aws.retire ? { databaseTask: oneOffTask('retire', aws.retire, []).run } : {}),
    ...(aws.redis && redis && redisPassword
      ? { redis: { replicationGroupId: redis.replicationGroup.id, password: redisPassword } }
      : {}),
  });
  return {
    url: plan.edge.url,
    environment: environmentOutput(args, outputs),
    images: pulumi.all(images.refs) as pulumi.Output<Record<string, string>>,
    names: {
      cluster: aws.service.cluster,
      service: aws.service.name,
      logGroup: aws.logs.name,
    },
    loadBalancer: edge.dnsName,
  };
}

/** The container that the load balancer sends requests to. */
function servingContainer({ task }: AwsResources): { container: string; port: number } {
  for (const { name, port } of task.containers) {
    if (port !== undefined) return { container: name, port };
  }
  throw new Error('no container of the task has a port');
}

function environmentOutput(
  { plan, secrets }: AwsTargetArgs,
  outputs: TemplateOutputs,
): pulumi.Output<Record<string, string>> {
  const values = plan.backend.environment.map(({ name, value }) => [
    name,
    secrets.fill(value, outputs),
  ]);
  return pulumi.secret(
    pulumi.all(Object.fromEntries(values) as Record<string, pulumi.Output<string>>),
  );
}
