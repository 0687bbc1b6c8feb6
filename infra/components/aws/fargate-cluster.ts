import { Cluster } from '@pulumi/aws/ecs/cluster.js';
import { ClusterCapacityProviders } from '@pulumi/aws/ecs/clusterCapacityProviders.js';
import * as pulumi from '@pulumi/pulumi';

export interface FargateClusterArgs {
  readonly clusterName: string;
  readonly containerInsights: boolean;
}

/** The cluster that tasks run in: a name with settings and metrics, without machines. */
export class FargateCluster extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly clusterName: pulumi.Output<string>;
  /** For `dependsOn` of a service with a capacity provider. */
  readonly capacity: pulumi.Resource;

  constructor(name: string, args: FargateClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:FargateCluster', name, {}, opts);
    const cluster = new Cluster(
      `${name}-cluster`,
      {
        name: args.clusterName,
        settings: [
          { name: 'containerInsights', value: args.containerInsights ? 'enabled' : 'disabled' },
        ],
      },
      { parent: this },
    );
    this.capacity = new ClusterCapacityProviders(
      `${name}-capacity`,
      { clusterName: cluster.name, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      { parent: this },
    );
    this.arn = cluster.arn;
    this.clusterName = cluster.name;
    this.registerOutputs();
  }
}
