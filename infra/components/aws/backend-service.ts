import { Service } from '@pulumi/aws/ecs/service.js';
import * as pulumi from '@pulumi/pulumi';

export interface BackendServiceArgs {
  readonly clusterArn: pulumi.Input<string>;
  readonly serviceName: string;
  readonly taskDefinitionArn: pulumi.Input<string>;
  /** Initial number of tasks; ignored afterwards if scaling is on. */
  readonly desiredCount: number;
  readonly scaled: boolean;
  readonly platformVersion: string;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** How long the load balancer's health checks are ignored after a task's start. */
  readonly healthCheckGraceSeconds: number;
  /** Whether `aws ecs execute-command` works in a running container. */
  readonly exec: boolean;
  readonly capacity: readonly {
    readonly provider: 'FARGATE' | 'FARGATE_SPOT';
    readonly base: number;
    readonly weight: number;
  }[];
  /** How long a release may take until the service is steady. */
  readonly steadyTimeoutSeconds: number;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly target: {
    readonly groupArn: pulumi.Input<string>;
    readonly container: string;
    readonly port: number;
  };
  /** What a task needs to start. */
  readonly startsAfter: readonly pulumi.Resource[];
}

/**
 * The backend's tasks on Fargate. The tasks of a release start next to the previous ones and replace them
 * when they are healthy; a release that does not become healthy is rolled back.
 */
export class BackendService extends pulumi.ComponentResource {
  readonly serviceName: pulumi.Output<string>;
  /** Created as soon as ECS has accepted the release, before its tasks run. */
  readonly service: Service;

  constructor(name: string, args: BackendServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:BackendService', name, {}, opts);
    const steady = `${Math.ceil(args.steadyTimeoutSeconds / 60)}m`;
    this.service = new Service(
      `${name}-service`,
      {
        name: args.serviceName,
        cluster: args.clusterArn,
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
        // The provider would take a release that was rolled back for a success: ReleaseWatch watches it.
        waitForSteadyState: false,
        // Without it, a changed share of Spot would replace the service, whose name is taken.
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
        dependsOn: [...args.startsAfter],
        ignoreChanges: args.scaled ? ['desiredCount'] : [],
        customTimeouts: { create: steady, update: steady, delete: steady },
      },
    );
    this.serviceName = this.service.name;
    this.registerOutputs();
  }
}
