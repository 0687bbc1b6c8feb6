import { Cluster } from '@pulumi/aws/ecs/cluster.js';
import { ClusterCapacityProviders } from '@pulumi/aws/ecs/clusterCapacityProviders.js';
import { Service } from '@pulumi/aws/ecs/service.js';
import * as pulumi from '@pulumi/pulumi';

export interface BackendServiceArgs {
  readonly cluster: string;
  readonly containerInsights: boolean;
  readonly serviceName: string;
  readonly taskDefinitionArn: pulumi.Input<string>;
  /** At first; left alone afterwards where scaling decides. */
  readonly desiredCount: number;
  readonly scaled: boolean;
  readonly platformVersion: string;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** How long the load balancer's verdict is ignored after a task's start. */
  readonly healthCheckGraceSeconds: number;
  /** `ecs execute-command` into a running container. */
  readonly exec: boolean;
  readonly capacity: readonly {
    readonly provider: 'FARGATE' | 'FARGATE_SPOT';
    readonly base: number;
    readonly weight: number;
  }[];
  /** How long a release may take until it is steady. */
  readonly steadyTimeoutSeconds: number;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly target: {
    readonly groupArn: pulumi.Input<string>;
    readonly container: string;
    readonly port: number;
  };
  /** What a task needs to come up. */
  readonly startsAfter: readonly pulumi.Resource[];
}

/**
 * The backend's tasks on Fargate. A release starts beside the one before and replaces it when it is
 * healthy; one that does not become healthy is taken back, and `up` fails.
 */
export class BackendService extends pulumi.ComponentResource {
  readonly clusterArn: pulumi.Output<string>;
  readonly clusterName: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  /** There once the release is steady. */
  readonly service: Service;

  constructor(name: string, args: BackendServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:BackendService', name, {}, opts);
    const cluster = new Cluster(
      `${name}-cluster`,
      {
        name: args.cluster,
        settings: [
          { name: 'containerInsights', value: args.containerInsights ? 'enabled' : 'disabled' },
        ],
      },
      { parent: this },
    );
    const providers = new ClusterCapacityProviders(
      `${name}-capacity`,
      { clusterName: cluster.name, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      { parent: this },
    );
    const steady = `${Math.ceil(args.steadyTimeoutSeconds / 60)}m`;
    this.service = new Service(
      `${name}-service`,
      {
        name: args.serviceName,
        cluster: cluster.arn,
        taskDefinition: args.taskDefinitionArn,
        desiredCount: args.desiredCount,
        platformVersion: args.platformVersion,
        capacityProviderStrategies: args.capacity.map(({ provider, base, weight }) => ({
          capacityProvider: provider,
          base,
          weight,
        })),
        deploymentMinimumHealthyPercent: args.minimumHealthyPercent,
        deploymentMaximumPercent: args.maximumPercent,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        availabilityZoneRebalancing: 'ENABLED',
        healthCheckGracePeriodSeconds: args.healthCheckGraceSeconds,
        enableExecuteCommand: args.exec,
        enableEcsManagedTags: true,
        propagateTags: 'SERVICE',
        waitForSteadyState: true,
        // Without it, another share of Spot would be another service, which may not have the same name.
        forceNewDeployment: true,
        networkConfiguration: {
          subnets: [...args.subnetIds],
          securityGroups: [args.securityGroupId],
          assignPublicIp: false,
        },
        loadBalancers: [
          {
            targetGroupArn: args.target.groupArn,
            containerName: args.target.container,
            containerPort: args.target.port,
          },
        ],
      },
      {
        parent: this,
        dependsOn: [providers, ...args.startsAfter],
        ignoreChanges: args.scaled ? ['desiredCount'] : [],
        customTimeouts: { create: steady, update: steady, delete: steady },
      },
    );
    this.clusterArn = cluster.arn;
    this.clusterName = cluster.name;
    this.serviceName = this.service.name;
    this.registerOutputs();
  }
}
