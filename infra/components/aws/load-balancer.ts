import { Listener } from '@pulumi/aws/lb/listener.js';
import { LoadBalancer as Alb } from '@pulumi/aws/lb/loadBalancer.js';
import { TargetGroup } from '@pulumi/aws/lb/targetGroup.js';
import { Record as DnsRecord } from '@pulumi/aws/route53/record.js';
import * as pulumi from '@pulumi/pulumi';

export interface LoadBalancerArgs {
  /** At most 32 characters. */
  readonly name: string;
  readonly host: string;
  /** At most 6 characters, followed by a random end. */
  readonly targetGroupPrefix: string;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Hosted zone for the record of `host`. @default no record */
  readonly zoneId?: pulumi.Input<string>;
  /** @default plain HTTP: TLS ends in front of the load balancer */
  readonly certificateArn?: pulumi.Input<string>;
  /** Port that forwards to the backend. */
  readonly port: number;
  /** Whether port 80 answers with a redirect to https. */
  readonly redirectHttp: boolean;
  readonly tlsPolicy: string;
  /** Shorter than the backend's keep-alive, or the backend closes connections with a request on the way. */
  readonly idleTimeoutSeconds: number;
  /** How long a target that is removed may finish its requests. */
  readonly deregistrationDelaySeconds: number;
  readonly targetPort: number;
  readonly health: {
    readonly path: string;
    readonly matcher: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
  };
  readonly deletionProtection: boolean;
  readonly dropInvalidHeaders: boolean;
  /** `append` the client to X-Forwarded-For, or `preserve` what a trusted proxy in front has written. */
  readonly xForwardedFor: 'append' | 'preserve';
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
    const alb = new Alb(
      `${name}-alb`,
      {
        name: args.name,
        loadBalancerType: 'application',
        internal: false,
        subnets: [...args.subnetIds],
        securityGroups: [args.securityGroupId],
        idleTimeout: args.idleTimeoutSeconds,
        enableDeletionProtection: args.deletionProtection,
        dropInvalidHeaderFields: args.dropInvalidHeaders,
        desyncMitigationMode: 'defensive',
        xffHeaderProcessingMode: args.xForwardedFor,
        preserveHostHeader: true,
        accessLogs: args.accessLogs
          ? { enabled: true, bucket: args.accessLogs.bucket, prefix: args.accessLogs.prefix }
          : undefined,
      },
      { parent: this, dependsOn: [...(args.accessLogs?.dependsOn ?? [])] },
    );
    const { health } = args;
    const targets = new TargetGroup(
      `${name}-targets`,
      {
        namePrefix: args.targetGroupPrefix,
        vpcId: args.vpcId,
        targetType: 'ip',
        protocol: 'HTTP',
        port: args.targetPort,
        deregistrationDelay: args.deregistrationDelaySeconds,
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
        port: args.port,
        ...(args.certificateArn === undefined
          ? { protocol: 'HTTP' }
          : {
              protocol: 'HTTPS',
              certificateArn: args.certificateArn,
              sslPolicy: args.tlsPolicy,
            }),
        defaultActions: forward,
      },
      { parent: this },
    );
    this.listeners = [serving, ...(args.redirectHttp ? [this.#redirect(name, alb, args)] : [])];
    if (args.zoneId !== undefined) {
      new DnsRecord(
        `${name}-record`,
        {
          zoneId: args.zoneId,
          name: args.host,
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

  #redirect(name: string, alb: Alb, args: LoadBalancerArgs): Listener {
    return new Listener(
      `${name}-redirect`,
      {
        loadBalancerArn: alb.arn,
        port: 80,
        protocol: 'HTTP',
        defaultActions: [
          {
            type: 'redirect',
            redirect: { protocol: 'HTTPS', port: String(args.port), statusCode: 'HTTP_301' },
          },
        ],
      },
      { parent: this },
    );
  }
}
