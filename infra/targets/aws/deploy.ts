import * as pulumi from '@pulumi/pulumi';
import { FargateCluster } from '../../components/aws/fargate-cluster.ts';
import { ServiceLogs } from '../../components/aws/service-logs.ts';
import { TOP_SCOPE, type WithoutScope } from '../../scope.ts';
import { environmentOutput, type TargetOutputs } from '../outputs.ts';
import type { AwsTargetArgs } from './args.ts';
import { stackScaling, stackService } from './backend.ts';
import { stackData, stackKey, stackVault } from './data.ts';
import { stackEdge } from './edge.ts';
import { awsImages } from './images.ts';
import { stackNetwork } from './network.ts';
import { prepareDatabase } from './prepare.ts';
import { releaseRunning } from './release.ts';
import { retireOldCredentials } from './retire.ts';
import { stackRoles } from './roles.ts';
import { oneOffTask, serviceTask } from './tasks.ts';

export interface AwsTargetOutputs extends TargetOutputs {
  /** Name of the load balancer: a host outside Route 53 has to be an alias of it. */
  readonly loadBalancer: pulumi.Output<string>;
}

/** Creates all of a stack's resources on AWS; independent ones at the same time. */
export function deployToAws(given: WithoutScope<AwsTargetArgs>): AwsTargetOutputs {
  const args = { scope: TOP_SCOPE, ...given };
  const { plan, scope, secrets, facts, provider, work } = args;
  const { name } = scope;
  const { aws } = plan;
  const context = {
    plan,
    name,
    secrets,
    facts,
    databaseLogGroups: args.databaseLogGroups ?? [],
    opts: { ...scope.opts, providers: [provider] },
  };
  const { opts } = context;
  const keyArn = stackKey(context);
  const network = stackNetwork(context);
  const data = stackData(context, network, keyArn);
  const { database, redis, outputs } = data;
  const vault = stackVault(context, keyArn, outputs);
  const images = awsImages({ ...args, keyArn, opts, invoke: { provider } });
  const logs = new ServiceLogs(
    name('logs'),
    { groupName: aws.logs.name, retentionDays: aws.logs.days, keyArn },
    opts,
  );
  const roles = stackRoles(context, { network, keyArn, database, vault, images, logs });

  const parts = {
    secrets,
    outputs,
    vault,
    images: images.refs,
    ...(database ? { masterSecretArn: database.masterSecretArn } : {}),
  };
  const taskSettings = { parts, logs, ...roles };
  const task = serviceTask(context, taskSettings);
  const cluster = new FargateCluster(
    name('fargate'),
    { clusterName: aws.service.cluster, containerInsights: aws.service.containerInsights },
    opts,
  );
  const oneOff = { ...taskSettings, cluster, network };
  const taskDependencies = [
    ...network.ready,
    ...roles.executionRole.rights,
    ...roles.taskRole.rights,
    ...data.ready,
  ];
  const prepared = prepareDatabase({
    plan,
    work,
    task: oneOffTask(context, oneOff, 'prepare', aws.prepare, taskDependencies),
    before: facts.markers.prepared,
    name,
    opts: { ...scope.opts, provider },
  });

  const edge = stackEdge(context, network);
  const service = stackService(context, network, { cluster, task, edge }, [
    ...edge.listeners,
    ...taskDependencies,
    cluster.capacity,
    prepared,
  ]);
  const running = releaseRunning(context, {
    watch: args.watch,
    service: service.service,
    clusterArn: cluster.arn,
    taskDefinitionArn: task.arn,
    outputs,
  });
  stackScaling(context, { cluster, service, edge });
  retireOldCredentials({
    plan,
    work,
    running,
    before: facts.markers,
    name,
    opts: { ...scope.opts, provider },
    ...(aws.retire
      ? { databaseTask: oneOffTask(context, oneOff, 'retire', aws.retire, []).run }
      : {}),
    ...(redis
      ? {
          redis: {
            replicationGroupId: redis.cache.replicationGroup.id,
            password: redis.password,
          },
        }
      : {}),
  });
  return {
    url: plan.edge.url,
    environment: environmentOutput(plan.backend, secrets, outputs),
    images: pulumi.all(images.refs) as pulumi.Output<Record<string, string>>,
    names: {
      cluster: aws.service.cluster,
      service: aws.service.name,
      logGroup: aws.logs.name,
    },
    loadBalancer: edge.dnsName,
  };
}
