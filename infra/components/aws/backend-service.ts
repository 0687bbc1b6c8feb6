import { Service } from '@pulumi/aws/ecs/service.js';
import * as pulumi from '@pulumi/pulumi';
import type { ServicePlan } from '../../../src/derive/plan.ts';
import type { Placement } from './placement.ts';

export interface BackendServiceArgs extends Placement {
  readonly plan: ServicePlan;
  readonly clusterArn: pulumi.Input<string>;
  readonly taskDefinitionArn: pulumi.Input<string>;
  /** Whether scaling sets the number of tasks after the first. */
  readonly scaled: boolean;
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
    const { plan } = args;
    const steady = `${Math.ceil(plan.steadyTimeoutSeconds / 60)}m`;
    this.service = new Service(
      `${name}-service`,
      {
        name: plan.name,
        cluster: args.clusterArn,
        taskDefinition: args.taskDefinitionArn,
        desiredCount: plan.desiredCount,
        platformVersion: plan.platformVersion,
        capacityProviderStrategies: plan.capacity.map(({ provider, base, weight }) => ({
          capacityProvider: provider,
          base,
          weight,
        })),
        deploymentMinimumHealthyPercent: plan.minimumHealthyPercent,
        deploymentMaximumPercent: plan.maximumPercent,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        availabilityZoneRebalancing: 'ENABLED',
        healthCheckGracePeriodSeconds: plan.healthCheckGraceSeconds,
        enableExecuteCommand: plan.exec,
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
