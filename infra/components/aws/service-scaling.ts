import { Policy } from '@pulumi/aws/appautoscaling/policy.js';
import { ScheduledAction } from '@pulumi/aws/appautoscaling/scheduledAction.js';
import { Target } from '@pulumi/aws/appautoscaling/target.js';
import * as pulumi from '@pulumi/pulumi';
import type { ScalingPlan } from '../../../src/derive/plan.ts';

export interface ServiceScalingArgs {
  readonly plan: ScalingPlan;
  readonly clusterName: pulumi.Input<string>;
  readonly serviceName: pulumi.Input<string>;
  /** Load balancer and target group whose requests are counted. */
  readonly resourceLabel: pulumi.Input<string>;
}

/** Scales the tasks of a service by load and by schedule. */
export class ServiceScaling extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceScalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:ServiceScaling', name, {}, opts);
    const { plan } = args;
    const target = new Target(
      `${name}-target`,
      {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: pulumi.interpolate`service/${args.clusterName}/${args.serviceName}`,
        minCapacity: plan.min,
        maxCapacity: plan.max,
      },
      {
        parent: this,
        // Scheduled actions set both, until the next action.
        ignoreChanges: plan.schedule.length > 0 ? ['minCapacity', 'maxCapacity'] : [],
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
            scaleInCooldown: plan.scaleInCooldownSeconds,
            scaleOutCooldown: plan.scaleOutCooldownSeconds,
          },
        },
        { parent: this },
      );
    if (plan.cpuPercent !== undefined) {
      track('cpu', 'ECSServiceAverageCPUUtilization', plan.cpuPercent);
    }
    if (plan.memoryPercent !== undefined) {
      track('memory', 'ECSServiceAverageMemoryUtilization', plan.memoryPercent);
    }
    if (plan.requestsPerTarget !== undefined) {
      track('requests', 'ALBRequestCountPerTarget', plan.requestsPerTarget, args.resourceLabel);
    }
    for (const { name: action, schedule, timezone, min, max } of plan.schedule) {
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
