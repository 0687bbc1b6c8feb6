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

export interface VpcNetworkArgs {
  /** Value of the Name tag, and the beginning of it on what is inside. */
  readonly displayName: string;
  readonly region: string;
  readonly cidr: string;
  /** Availability zones, one for each pair of subnets. A subnet never moves to another one. */
  readonly zoneNames: readonly string[];
  readonly zones: readonly { readonly publicCidr: string; readonly privateCidr: string }[];
  /** Ways out of the private subnets. `none`: nothing but the endpoints. */
  readonly nat: 'per-zone' | 'single' | 'none';
  /** Services such as `s3` that get a gateway endpoint in each private route table; free of charge. */
  readonly gatewayEndpoints: readonly string[];
}

/** A VPC with a public and a private subnet in each zone. Nothing in it gets a public address by itself. */
export class VpcNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** For the load balancer alone. */
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  /** Prefix lists of the gateway endpoints, by service. */
  readonly prefixListIds: Readonly<Record<string, pulumi.Output<string>>>;
  readonly vpc: Vpc;
  /** What the tasks' way out depends on, for `dependsOn`. */
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, args: VpcNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    if (args.zoneNames.length < args.zones.length) {
      throw new Error(`VpcNetwork "${name}": name ${args.zones.length} zones`);
    }
    super('medusa-infra:aws:VpcNetwork', name, {}, opts);
    const parent = { parent: this };
    const named = (suffix: string) => ({ Name: `${args.displayName}-${suffix}` });
    this.vpc = new Vpc(
      `${name}-vpc`,
      {
        cidrBlock: args.cidr,
        // Endpoints and RDS are found by private names.
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Name: args.displayName },
      },
      parent,
    );
    const vpcId = this.vpc.id;
    // Without rules: what names no group of its own can talk to nobody.
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
    const ways: pulumi.Resource[] = [internetRoute];
    for (const [index, zone] of args.zones.entries()) {
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
          // A zone that AWS adds later must not move what is there.
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
      ways.push(
        new RouteTableAssociation(
          `${name}-private-${number}-routes`,
          { subnetId: privateSubnet.id, routeTableId: table.id },
          parent,
        ),
      );
      if (args.nat === 'per-zone' || (args.nat === 'single' && index === 0)) {
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
        ways.push(
          new Route(
            `${name}-private-${number}-internet`,
            { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: nat.id },
            parent,
          ),
        );
      }
    }
    const endpoints = args.gatewayEndpoints.map(
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
    this.routes = [...ways, ...endpoints.map(([, endpoint]) => endpoint)];
    this.registerOutputs();
  }
}

const EVERYWHERE = '0.0.0.0/0';

export interface VpcFlowLogsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly logGroupName: string;
  readonly retentionDays: number;
  readonly keyArn: pulumi.Input<string>;
  /** What the flow log may write with, once the log group's ARN is known. */
  readonly roleArn: (logGroupArn: pulumi.Output<string>) => pulumi.Input<string>;
}

/** Every connection that the VPC took or refused, as a line in CloudWatch. */
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
