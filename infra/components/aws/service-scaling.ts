import { Policy } from '@pulumi/aws/appautoscaling/policy.js';
import { ScheduledAction } from '@pulumi/aws/appautoscaling/scheduledAction.js';
import { Target } from '@pulumi/aws/appautoscaling/target.js';
import * as pulumi from '@pulumi/pulumi';

export interface ServiceScalingArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly serviceName: pulumi.Input<string>;
  /** Load balancer and target group whose requests are counted. */
  readonly resourceLabel: pulumi.Input<string>;
  readonly min: number;
  readonly max: number;
  /** Targets for the average of all tasks; each of them can add tasks. */
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  /** Requests a minute and task. */
  readonly requestsPerTarget?: number;
  readonly scaleInCooldownSeconds: number;
  readonly scaleOutCooldownSeconds: number;
  readonly schedule: readonly {
    readonly name: string;
    /** `cron(...)`, `rate(...)` or `at(...)`. */
    readonly schedule: string;
    readonly timezone: string;
    readonly min: number;
    readonly max: number;
  }[];
}

/** Scales the tasks of a service by load and by schedule. */
export class ServiceScaling extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceScalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:ServiceScaling', name, {}, opts);
    const target = new Target(
      `${name}-target`,
      {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: pulumi.interpolate`service/${args.clusterName}/${args.serviceName}`,
        minCapacity: args.min,
        maxCapacity: args.max,
      },
      {
        parent: this,
        // Scheduled actions set both, until the next action.
        ignoreChanges: args.schedule.length > 0 ? ['minCapacity', 'maxCapacity'] : [],
      },
    );
    const where = {
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
    };
    const track = (metric: string, type: string, value: number, label?: pulumi.Input<string>) =>
      new Policy(
        `${name}-${metric}`,
        {
          ...where,
          name: metric,
          policyType: 'TargetTrackingScaling',
          targetTrackingScalingPolicyConfiguration: {
            predefinedMetricSpecification: { predefinedMetricType: type, resourceLabel: label },
            targetValue: value,
            scaleInCooldown: args.scaleInCooldownSeconds,
            scaleOutCooldown: args.scaleOutCooldownSeconds,
          },
        },
        { parent: this },
      );
    if (args.cpuPercent !== undefined) {
      track('cpu', 'ECSServiceAverageCPUUtilization', args.cpuPercent);
    }
    if (args.memoryPercent !== undefined) {
      track('memory', 'ECSServiceAverageMemoryUtilization', args.memoryPercent);
    }
    if (args.requestsPerTarget !== undefined) {
      track('requests', 'ALBRequestCountPerTarget', args.requestsPerTarget, args.resourceLabel);
    }
    for (const { name: action, schedule, timezone, min, max } of args.schedule) {
      new ScheduledAction(
        `${name}-${action}`,
        {
          ...where,
          name: action,
          schedule,
          timezone,
          scalableTargetAction: { minCapacity: min, maxCapacity: max },
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
