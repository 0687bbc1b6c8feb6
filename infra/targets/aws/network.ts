import type * as pulumi from '@pulumi/pulumi';
import type { SecurityGroupName } from '../../../src/derive/plan.ts';
import {
  type EndpointAccounts,
  interfaceEndpointPolicy,
  s3EndpointPolicy,
} from '../../components/aws/endpoint-policies.ts';
import type { Placement } from '../../components/aws/placement.ts';
import { SecurityGroups, VpcEndpoints } from '../../components/aws/security-groups.ts';
import type { ServiceRole } from '../../components/aws/service-role.ts';
import { VpcFlowLogs, VpcNetwork } from '../../components/aws/vpc-network.ts';
import type { StackContext } from './args.ts';

/** Where a stack's resources are, in its own VPC or an existing one. */
interface Vpc {
  readonly vpcId: pulumi.Input<string>;
  readonly publicSubnetIds: readonly pulumi.Input<string>[];
  readonly privateSubnetIds: readonly pulumi.Input<string>[];
  readonly prefixListIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly routes: readonly pulumi.Resource[];
}

export interface StackNetwork extends Vpc {
  readonly groups: SecurityGroups;
  /** For `dependsOn` of what has to reach others. */
  readonly ready: readonly pulumi.Resource[];
  /** In the private subnets. */
  readonly placement: (group: SecurityGroupName) => Placement;
}

/** The VPC with its security groups and endpoints. */
export function stackNetwork(context: StackContext): StackNetwork {
  const { plan, name, opts } = context;
  const vpc = stackVpc(context);
  const groups = new SecurityGroups(
    name('security-groups'),
    {
      namePrefix: plan.name,
      vpcId: vpc.vpcId,
      groups: plan.aws.securityGroups,
      prefixListIds: vpc.prefixListIds,
    },
    opts,
  );
  const endpoints = stackEndpoints(context, vpc, groups);
  return {
    vpcId: vpc.vpcId,
    publicSubnetIds: vpc.publicSubnetIds,
    privateSubnetIds: vpc.privateSubnetIds,
    prefixListIds: vpc.prefixListIds,
    routes: vpc.routes,
    groups,
    ready: [...groups.rules, ...vpc.routes, ...endpoints],
    placement: (group) => ({
      subnetIds: vpc.privateSubnetIds,
      securityGroupId: groups.id(group),
    }),
  };
}

function stackVpc(context: StackContext): Vpc {
  const { plan, name, facts, opts } = context;
  const { network, region } = plan.aws;
  const accounts = endpointAccounts(context);
  if (network.kind === 'existing') return { ...network, prefixListIds: {}, routes: [] };
  return new VpcNetwork(
    name('network'),
    {
      plan: network,
      displayName: plan.name,
      region,
      zoneNames: facts.zoneNames,
      // With a way to the internet they would close nothing.
      ...(network.nat === 'none' ? { endpointPolicies: { s3: s3EndpointPolicy(accounts) } } : {}),
    },
    opts,
  );
}

/** The stack's account, and that of the repository in ECR, if it is yours. */
function endpointAccounts({ plan: { aws }, facts }: StackContext): EndpointAccounts {
  const ofRegistry = /^(\d{12})\.dkr\.ecr\./.exec(aws.registry.url ?? '')?.[1];
  return {
    partition: aws.partition,
    region: aws.region,
    accountId: facts.accountId,
    ...(ofRegistry === undefined ? {} : { resourceAccounts: [ofRegistry] }),
  };
}

/** Endpoints of AWS's services, if the VPC is the stack's own and has no way to the internet. */
function stackEndpoints(
  context: StackContext,
  vpc: Vpc,
  groups: SecurityGroups,
): readonly pulumi.Resource[] {
  const { plan, name, opts } = context;
  const { network, region } = plan.aws;
  if (network.kind !== 'own' || network.interfaceEndpoints.length === 0) return [];
  return new VpcEndpoints(
    name('endpoints'),
    {
      displayName: plan.name,
      region,
      vpcId: vpc.vpcId,
      services: network.interfaceEndpoints,
      subnetIds: vpc.privateSubnetIds,
      securityGroupId: groups.id('endpoints'),
      policy: interfaceEndpointPolicy(endpointAccounts(context)),
    },
    opts,
  ).endpoints;
}

/** Flow logs, if the plan has them. @param role creates the role that writes to the log group */
export function stackFlowLogs(
  { plan, name, opts }: StackContext,
  { vpcId }: Vpc,
  keyArn: pulumi.Input<string>,
  role: (logGroupArn: pulumi.Output<string>) => ServiceRole,
): void {
  const { network } = plan.aws;
  if (network.kind !== 'own' || !network.flowLogs) return;
  const { logGroup, days } = network.flowLogs;
  new VpcFlowLogs(
    name('flow-logs'),
    {
      vpcId,
      logGroupName: logGroup,
      retentionDays: days,
      keyArn,
      roleArn: (arn) => role(arn).arn,
    },
    opts,
  );
}
