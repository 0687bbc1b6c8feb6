import type * as pulumi from '@pulumi/pulumi';
import { AccessLogBucket } from '../../components/aws/access-log-bucket.ts';
import { Certificate } from '../../components/aws/certificate.ts';
import { LoadBalancer, type LoadBalancerArgs } from '../../components/aws/load-balancer.ts';
import { WebAcl } from '../../components/aws/web-acl.ts';
import type { StackContext } from './args.ts';
import type { StackNetwork } from './network.ts';

/** The load balancer with its certificate, record, logs and firewall. */
export function stackEdge(context: StackContext, network: StackNetwork): LoadBalancer {
  const { plan, name, facts, opts } = context;
  const { edge } = plan.aws;
  const loadBalancer = new LoadBalancer(
    name('edge'),
    {
      plan: edge,
      vpcId: network.vpcId,
      subnetIds: network.publicSubnetIds,
      securityGroupId: network.groups.id('edge'),
      zoneId: facts.hostedZoneId,
      certificateArn: certificateArn(context),
      accessLogs: accessLogs(context),
    },
    opts,
  );
  if (edge.waf) {
    new WebAcl(
      name('firewall'),
      { plan: edge.waf, aclName: plan.name, loadBalancerArn: loadBalancer.arn },
      opts,
    );
  }
  return loadBalancer;
}

function certificateArn({
  plan,
  name,
  facts,
  opts,
}: StackContext): pulumi.Input<string> | undefined {
  const { certificate, host } = plan.aws.edge;
  if (certificate.kind === 'none') return undefined;
  if (certificate.kind === 'given') return certificate.arn;
  const zoneId = facts.hostedZoneId;
  if (zoneId === undefined) throw new Error('a certificate that DNS validates needs a zone');
  return new Certificate(name('certificate'), { host, zoneId }, opts).arn;
}

function accessLogs({ plan, name, facts, opts }: StackContext): LoadBalancerArgs['accessLogs'] {
  const { accessLogs: logs } = plan.aws.edge;
  if (!logs) return undefined;
  if (logs.bucket !== undefined) return { bucket: logs.bucket, prefix: logs.prefix, dependsOn: [] };
  const bucket = new AccessLogBucket(
    name('access-logs'),
    {
      plan: logs,
      bucketPrefix: `${plan.name.slice(0, 30)}-logs-`,
      accountId: facts.accountId,
      // Logs are deleted with their load balancer, and after their days.
      forceDestroy: true,
    },
    opts,
  );
  return { bucket: bucket.bucketName, prefix: logs.prefix, dependsOn: bucket.ready };
}
