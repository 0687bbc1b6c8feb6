import type * as pulumi from '@pulumi/pulumi';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { type SecurityGroups, VpcEndpoints } from '../../components/aws/security-groups.ts';
import type { ServiceRole } from '../../components/aws/service-role.ts';
import { VpcFlowLogs, VpcNetwork } from '../../components/aws/vpc-network.ts';
import type { AwsFacts } from './facts.ts';

/** Where a stack's resources live, made by it or there before. */
export interface StackNetwork {
  readonly vpcId: pulumi.Input<string>;
  readonly publicSubnetIds: readonly pulumi.Input<string>[];
  readonly privateSubnetIds: readonly pulumi.Input<string>[];
  readonly prefixListIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly routes: readonly pulumi.Resource[];
}

export function stackNetwork(
  aws: AwsResources,
  prefix: string,
  facts: AwsFacts,
  opts: pulumi.ComponentResourceOptions,
): StackNetwork {
  const { network } = aws;
  if (network.kind === 'existing') return { ...network, prefixListIds: {}, routes: [] };
  return new VpcNetwork(
    'network',
    { ...network, displayName: prefix, region: aws.region, zoneNames: facts.zoneNames },
    opts,
  );
}

/** Interfaces of AWS's services, where the network is the stack's own and has no way out. */
export function stackEndpoints(
  aws: AwsResources,
  prefix: string,
  network: StackNetwork,
  groups: SecurityGroups,
  opts: pulumi.ComponentResourceOptions,
): readonly pulumi.Resource[] {
  if (aws.network.kind !== 'own' || aws.network.interfaceEndpoints.length === 0) return [];
  return new VpcEndpoints(
    'endpoints',
    {
      displayName: prefix,
      region: aws.region,
      vpcId: network.vpcId,
      services: aws.network.interfaceEndpoints,
      subnetIds: network.privateSubnetIds,
      securityGroupId: groups.id('endpoints'),
    },
    opts,
  ).endpoints;
}

export function stackFlowLogs(
  aws: AwsResources,
  network: StackNetwork,
  keyArn: pulumi.Input<string>,
  opts: pulumi.ComponentResourceOptions,
  role: (logGroupArn: pulumi.Output<string>) => ServiceRole,
): void {
  if (aws.network.kind !== 'own' || !aws.network.flowLogs) return;
  const { logGroup, days } = aws.network.flowLogs;
  new VpcFlowLogs(
    'flow-logs',
    {
      vpcId: network.vpcId,
      logGroupName: logGroup,
      retentionDays: days,
      keyArn,
      roleArn: (arn) => role(arn).arn,
    },
    opts,
  );
}
