import { Listener } from '@pulumi/aws/lb/listener.js';
import { LoadBalancer as Alb } from '@pulumi/aws/lb/loadBalancer.js';
import { TargetGroup } from '@pulumi/aws/lb/targetGroup.js';
import { Record as DnsRecord } from '@pulumi/aws/route53/record.js';
import * as pulumi from '@pulumi/pulumi';
import type { LoadBalancerPlan } from '../../../src/derive/plan.ts';
import type { Placement } from './placement.ts';

export interface LoadBalancerArgs extends Placement {
  readonly plan: LoadBalancerPlan;
  readonly vpcId: pulumi.Input<string>;
  /** Hosted zone for the record of the host. @default no record */
  readonly zoneId?: pulumi.Input<string>;
  /** @default plain HTTP: TLS ends in front of the load balancer */
  readonly certificateArn?: pulumi.Input<string>;
  /** Bucket of the access logs. @default no logs */
  readonly accessLogs?: {
    readonly bucket: pulumi.Input<string>;
    readonly prefix: string;
    readonly dependsOn: readonly pulumi.Resource[];
  };
}

/** An application load balancer with one target group, to which tasks are added by their addresses. */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  readonly targetGroupArn: pulumi.Output<string>;
  /** Names load balancer and target group in a scaling policy by requests. */
  readonly resourceLabel: pulumi.Output<string>;
  /** For `dependsOn`: a service needs a target group with a listener. */
  readonly listeners: readonly pulumi.Resource[];

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:LoadBalancer', name, {}, opts);
    const { plan } = args;
    const { health } = plan;
    const alb = new Alb(
      `${name}-alb`,
      {
        name: plan.name,
        loadBalancerType: 'application',
        internal: false,
        subnets: [...args.subnetIds],
        securityGroups: [args.securityGroupId],
        idleTimeout: plan.idleTimeoutSeconds,
        enableDeletionProtection: plan.deletionProtection,
        dropInvalidHeaderFields: plan.dropInvalidHeaders,
        desyncMitigationMode: 'defensive',
        xffHeaderProcessingMode: plan.xForwardedFor,
        preserveHostHeader: true,
        accessLogs: args.accessLogs
          ? { enabled: true, bucket: args.accessLogs.bucket, prefix: args.accessLogs.prefix }
          : undefined,
      },
      { parent: this, dependsOn: [...(args.accessLogs?.dependsOn ?? [])] },
    );
    const targets = new TargetGroup(
      `${name}-targets`,
      {
        namePrefix: plan.targetGroupPrefix,
        vpcId: args.vpcId,
        targetType: 'ip',
        protocol: 'HTTP',
        port: plan.targetPort,
        deregistrationDelay: plan.deregistrationDelaySeconds,
        loadBalancingAlgorithmType: 'least_outstanding_requests',
        healthCheck: {
          protocol: 'HTTP',
          port: 'traffic-port',
          path: health.path,
          matcher: health.matcher,
          interval: health.intervalSeconds,
          timeout: health.timeoutSeconds,
          healthyThreshold: health.healthyThreshold,
          unhealthyThreshold: health.unhealthyThreshold,
        },
      },
      // The listener has to use the new one before the old one can be deleted.
      { parent: this, deleteBeforeReplace: false },
    );
    const forward = [{ type: 'forward', targetGroupArn: targets.arn }];
    const serving = new Listener(
      `${name}-serving`,
      {
        loadBalancerArn: alb.arn,
        port: plan.port,
        ...(args.certificateArn === undefined
          ? { protocol: 'HTTP' }
          : {
              protocol: 'HTTPS',
              certificateArn: args.certificateArn,
              sslPolicy: plan.tlsPolicy,
              ...(plan.strictTransport === undefined
                ? {}
                : {
                    routingHttpResponseStrictTransportSecurityHeaderValue: plan.strictTransport,
                  }),
            }),
        defaultActions: forward,
      },
      { parent: this },
    );
    this.listeners = [serving, ...(plan.redirectHttp ? [this.#redirect(name, alb, plan)] : [])];
    if (args.zoneId !== undefined) {
      new DnsRecord(
        `${name}-record`,
        {
          zoneId: args.zoneId,
          name: plan.host,
          type: 'A',
          aliases: [{ name: alb.dnsName, zoneId: alb.zoneId, evaluateTargetHealth: true }],
        },
        { parent: this },
      );
    }
    this.arn = alb.arn;
    this.dnsName = alb.dnsName;
    this.targetGroupArn = targets.arn;
    this.resourceLabel = pulumi.interpolate`${alb.arnSuffix}/${targets.arnSuffix}`;
    this.registerOutputs();
  }

  #redirect(name: string, alb: Alb, plan: LoadBalancerPlan): Listener {
    return new Listener(
      `${name}-redirect`,
      {
        loadBalancerArn: alb.arn,
        port: 80,
        protocol: 'HTTP',
        defaultActions: [
          {
            type: 'redirect',
            redirect: { protocol: 'HTTPS', port: String(plan.port), statusCode: 'HTTP_301' },
          },
        ],
      },
      { parent: this },
    );
  }
}
