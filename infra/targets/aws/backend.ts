import type * as pulumi from '@pulumi/pulumi';
import type { TaskPlan } from '../../../src/derive/plan.ts';
import { BackendService } from '../../components/aws/backend-service.ts';
import type { ContainerTask } from '../../components/aws/container-task.ts';
import type { FargateCluster } from '../../components/aws/fargate-cluster.ts';
import type { LoadBalancer } from '../../components/aws/load-balancer.ts';
import { ServiceScaling } from '../../components/aws/service-scaling.ts';
import type { StackContext } from './args.ts';
import type { StackNetwork } from './network.ts';

export interface ServiceParts {
  readonly cluster: FargateCluster;
  readonly task: ContainerTask;
  readonly edge: LoadBalancer;
}

/** The service of the backend behind the load balancer. */
export function stackService(
  { plan: { aws }, name, opts }: StackContext,
  network: StackNetwork,
  { cluster, task, edge }: ServiceParts,
  startsAfter: readonly pulumi.Resource[],
): BackendService {
  return new BackendService(
    name('backend'),
    {
      plan: aws.service,
      ...network.placement('backend'),
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      scaled: aws.scaling !== undefined,
      target: { groupArn: edge.targetGroupArn, ...servingContainer(aws.task) },
      startsAfter,
    },
    opts,
  );
}

/** The container that the load balancer sends requests to. */
function servingContainer({ containers }: TaskPlan): { container: string; port: number } {
  for (const { name, port } of containers) {
    if (port !== undefined) return { container: name, port };
  }
  throw new Error('no container of the task has a port');
}

/** Scales the service, if the plan says so. */
export function stackScaling(
  { plan: { aws }, name, opts }: StackContext,
  { cluster, service, edge }: Pick<ServiceParts, 'cluster' | 'edge'> & { service: BackendService },
): void {
  if (!aws.scaling) return;
  new ServiceScaling(
    name('scaling'),
    {
      plan: aws.scaling,
      clusterName: cluster.clusterName,
      serviceName: service.serviceName,
      resourceLabel: edge.resourceLabel,
    },
    opts,
  );
}
