import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { DefaultSecurityGroup } from '@pulumi/aws/ec2/defaultSecurityGroup.js';
import { Eip } from '@pulumi/aws/ec2/eip.js';
import { FlowLog } from '@pulumi/aws/ec2/flowLog.js';
import { InternetGateway } from '@pulumi/aws/ec2/internetGateway.js';
import { NatGateway } from '@pulumi/aws/ec2/natGateway.js';
import { Route } from '@pulumi/aws/ec2/route.js';
import { RouteTable } from '@pulumi/aws/ec2/routeTable.js';
import { RouteTableAssociation } from '@pulumi/aws/ec2/routeTableAssociation.js';
import { Subnet } from '@pulumi/aws/ec2/subnet.js';
import { Vpc } from '@pulumi/aws/ec2/vpc.js';
import { VpcEndpoint } from '@pulumi/aws/ec2/vpcEndpoint.js';
import * as pulumi from '@pulumi/pulumi';
import type { OwnNetworkPlan } from '../../../src/derive/plan.ts';

export interface VpcNetworkArgs {
  readonly plan: OwnNetworkPlan;
  /** Value of the Name tag, and its prefix on what is inside. */
  readonly displayName: string;
  readonly region: string;
  /** Availability zones, one for each pair of subnets. A subnet is never moved to another zone. */
  readonly zoneNames: readonly string[];
  /** JSON, by service of a gateway endpoint: who may use it, for what. @default everybody, everything */
  readonly endpointPolicies?: Readonly<Record<string, string>>;
}

/** A VPC with a public and a private subnet in each zone, without automatic public addresses. */
export class VpcNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Only for the load balancer. */
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  /** Prefix lists of the gateway endpoints, by service. */
  readonly prefixListIds: Readonly<Record<string, pulumi.Output<string>>>;
  readonly vpc: Vpc;
  /** For `dependsOn`: the routes that tasks need to reach the internet or AWS. */
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, args: VpcNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan } = args;
    if (args.zoneNames.length < plan.zones.length) {
      throw new Error(
        `VpcNetwork "${name}": ${args.zoneNames.length} names for ${plan.zones.length} zones`,
      );
    }
    super('medusa-infra:aws:VpcNetwork', name, {}, opts);
    const parent = { parent: this };
    const named = (suffix: string) => ({ Name: `${args.displayName}-${suffix}` });
    this.vpc = new Vpc(
      `${name}-vpc`,
      {
        cidrBlock: plan.cidr,
        // Endpoints and RDS have private names.
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Name: args.displayName },
      },
      parent,
    );
    const vpcId = this.vpc.id;
    // No rules: without a security group there are no connections.
    new DefaultSecurityGroup(
      `${name}-default-group`,
      { vpcId, ingress: [], egress: [], tags: named('default-unused') },
      parent,
    );
    const gateway = new InternetGateway(
      `${name}-internet`,
      { vpcId, tags: named('internet') },
      parent,
    );
    const publicTable = new RouteTable(
      `${name}-public-routes`,
      { vpcId, tags: named('public') },
      parent,
    );
    const internetRoute = new Route(
      `${name}-public-internet`,
      { routeTableId: publicTable.id, destinationCidrBlock: EVERYWHERE, gatewayId: gateway.id },
      parent,
    );

    const publicSubnets: Subnet[] = [];
    const privateSubnets: Subnet[] = [];
    const privateTables: RouteTable[] = [];
    const nats: NatGateway[] = [];
    const routes: pulumi.Resource[] = [internetRoute];
    for (const [index, zone] of plan.zones.entries()) {
      const number = index + 1;
      const availabilityZone = args.zoneNames[index];
      const subnet = (kind: 'public' | 'private', cidrBlock: string) =>
        new Subnet(
          `${name}-${kind}-${number}`,
          {
            vpcId,
            cidrBlock,
            availabilityZone,
            mapPublicIpOnLaunch: false,
            tags: named(`${kind}-${number}`),
          },
          // A zone that AWS adds later must not replace a subnet.
          { ...parent, ignoreChanges: ['availabilityZone'] },
        );
      const publicSubnet = subnet('public', zone.publicCidr);
      publicSubnets.push(publicSubnet);
      new RouteTableAssociation(
        `${name}-public-${number}-routes`,
        { subnetId: publicSubnet.id, routeTableId: publicTable.id },
        parent,
      );
      const privateSubnet = subnet('private', zone.privateCidr);
      privateSubnets.push(privateSubnet);
      const table = new RouteTable(
        `${name}-private-${number}-table`,
        { vpcId, tags: named(`private-${number}`) },
        parent,
      );
      privateTables.push(table);
      routes.push(
        new RouteTableAssociation(
          `${name}-private-${number}-routes`,
          { subnetId: privateSubnet.id, routeTableId: table.id },
          parent,
        ),
      );
      if (plan.nat === 'per-zone' || (plan.nat === 'single' && index === 0)) {
        const address = new Eip(
          `${name}-nat-${number}-address`,
          { domain: 'vpc', tags: named(`nat-${number}`) },
          parent,
        );
        nats.push(
          new NatGateway(
            `${name}-nat-${number}`,
            {
              allocationId: address.id,
              subnetId: publicSubnet.id,
              tags: named(`nat-${number}`),
            },
            { ...parent, dependsOn: [internetRoute] },
          ),
        );
      }
      const nat = nats[index] ?? nats[0];
      if (nat) {
        routes.push(
          new Route(
            `${name}-private-${number}-internet`,
            { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: nat.id },
            parent,
          ),
        );
      }
    }
    const endpoints = plan.gatewayEndpoints.map(
      (service) =>
        [
          service,
          new VpcEndpoint(
            `${name}-${service}-endpoint`,
            {
              vpcId,
              vpcEndpointType: 'Gateway',
              serviceName: `com.amazonaws.${args.region}.${service}`,
              routeTableIds: privateTables.map((table) => table.id),
              ...(args.endpointPolicies?.[service] === undefined
                ? {}
                : { policy: args.endpointPolicies[service] }),
              tags: named(service),
            },
            parent,
          ),
        ] as const,
    );
    this.vpcId = vpcId;
    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);
    this.prefixListIds = Object.fromEntries(
      endpoints.map(([service, endpoint]) => [service, endpoint.prefixListId]),
    );
    this.routes = [...routes, ...endpoints.map(([, endpoint]) => endpoint)];
    this.registerOutputs();
  }
}

const EVERYWHERE = '0.0.0.0/0';

export interface VpcFlowLogsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly logGroupName: string;
  readonly retentionDays: number;
  readonly keyArn: pulumi.Input<string>;
  /** Role that the flow log writes with, given the log group's ARN. */
  readonly roleArn: (logGroupArn: pulumi.Output<string>) => pulumi.Input<string>;
}

/** Logs every accepted and refused connection of the VPC to CloudWatch. */
export class VpcFlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: VpcFlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:VpcFlowLogs', name, {}, opts);
    const group = new LogGroup(
      `${name}-group`,
      { name: args.logGroupName, retentionInDays: args.retentionDays, kmsKeyId: args.keyArn },
      { parent: this },
    );
    new FlowLog(
      `${name}-log`,
      {
        vpcId: args.vpcId,
        trafficType: 'ALL',
        logDestinationType: 'cloud-watch-logs',
        logDestination: group.arn,
        iamRoleArn: args.roleArn(group.arn),
        maxAggregationInterval: 600,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
