import type * as pulumi from '@pulumi/pulumi';
import type { AwsResources, LoadBalancerPlan } from '../../../src/derive/plan.ts';
import { AccessLogBucket } from '../../components/aws/access-log-bucket.ts';
import { Certificate } from '../../components/aws/certificate.ts';
import { LoadBalancer } from '../../components/aws/load-balancer.ts';
import type { SecurityGroups } from '../../components/aws/security-groups.ts';
import { WebAcl } from '../../components/aws/web-acl.ts';
import type { AwsFacts } from './facts.ts';
import type { StackNetwork } from './network.ts';

export interface EdgeParts {
  readonly network: StackNetwork;
  readonly groups: SecurityGroups;
  readonly facts: AwsFacts;
  readonly opts: pulumi.ComponentResourceOptions;
}

/** The load balancer with its certificate, record, logs and firewall. */
export function stackEdge({ edge }: AwsResources, prefix: string, parts: EdgeParts): LoadBalancer {
  const { network, groups, facts, opts } = parts;
  const zoneId = facts.hostedZoneId;
  const loadBalancer = new LoadBalancer(
    'edge',
    {
      ...edge,
      vpcId: network.vpcId,
      subnetIds: network.publicSubnetIds,
      securityGroupId: groups.id('edge'),
      zoneId,
      certificateArn: certificateArn(edge, zoneId, opts),
      accessLogs: accessLogs(edge, prefix, parts),
    },
    opts,
  );
  if (edge.waf) {
    new WebAcl(
      'firewall',
      { ...edge.waf, aclName: prefix, loadBalancerArn: loadBalancer.arn },
      opts,
    );
  }
  return loadBalancer;
}

function certificateArn(
  { certificate, host }: LoadBalancerPlan,
  zoneId: string | undefined,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Input<string> | undefined {
  if (certificate.kind === 'none') return undefined;
  if (certificate.kind === 'given') return certificate.arn;
  if (zoneId === undefined) throw new Error('a certificate that DNS proves needs a zone');
  return new Certificate('certificate', { host, zoneId }, opts).arn;
}

function accessLogs({ accessLogs }: LoadBalancerPlan, prefix: string, parts: EdgeParts) {
  if (!accessLogs) return undefined;
  if (accessLogs.bucket !== undefined) {
    return { bucket: accessLogs.bucket, prefix: accessLogs.prefix, dependsOn: [] };
  }
  const bucket = new AccessLogBucket(
    'access-logs',
    {
      ...accessLogs,
      bucketPrefix: `${prefix.slice(0, 30)}-logs-`,
      accountId: parts.facts.accountId,
      // Logs go with the load balancer that they are about, and after their days.
      forceDestroy: true,
    },
    parts.opts,
  );
  return { bucket: bucket.bucketName, prefix: accessLogs.prefix, dependsOn: bucket.ready };
}
