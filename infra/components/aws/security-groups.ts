import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { VpcEndpoint } from '@pulumi/aws/ec2/vpcEndpoint.js';
import { SecurityGroupEgressRule } from '@pulumi/aws/vpc/securityGroupEgressRule.js';
import { SecurityGroupIngressRule } from '@pulumi/aws/vpc/securityGroupIngressRule.js';
import * as pulumi from '@pulumi/pulumi';
import type {
  SecurityGroupName,
  SecurityGroupPlan,
  SecurityGroupRulePlan,
} from '../../../src/derive/plan.ts';

export interface SecurityGroupsArgs {
  readonly namePrefix: string;
  readonly vpcId: pulumi.Input<string>;
  readonly groups: readonly SecurityGroupPlan[];
  /** Prefix lists by their names in rules, such as `s3`. */
  readonly prefixListIds: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Security groups that refer to each other; the only address range is `world`. */
export class SecurityGroups extends pulumi.ComponentResource {
  readonly #groups = new Map<SecurityGroupName, SecurityGroup>();
  /** All rules, for `dependsOn` of what would not start without them. */
  readonly rules: readonly pulumi.Resource[];

  constructor(name: string, args: SecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:SecurityGroups', name, {}, opts);
    for (const group of args.groups) {
      this.#groups.set(
        group.name,
        new SecurityGroup(
          `${name}-${group.name}`,
          {
            // A changed description needs a new group while the old one is in use.
            namePrefix: `${args.namePrefix}-${group.name}-`,
            description: group.description,
            vpcId: args.vpcId,
            revokeRulesOnDelete: true,
            tags: { Name: `${args.namePrefix}-${group.name}` },
          },
          { parent: this },
        ),
      );
    }
    this.rules = args.groups.flatMap((group) => [
      ...group.ingress.map(
        (rule) =>
          new SecurityGroupIngressRule(
            `${name}-${group.name}-from-${rule.name}`,
            this.#rule(group, rule, args),
            { parent: this },
          ),
      ),
      ...group.egress.map(
        (rule) =>
          new SecurityGroupEgressRule(
            `${name}-${group.name}-to-${rule.name}`,
            this.#rule(group, rule, args),
            { parent: this },
          ),
      ),
    ]);
    this.registerOutputs();
  }

  /** The ID of one of the groups. */
  id(group: SecurityGroupName): pulumi.Output<string> {
    const found = this.#groups.get(group);
    if (!found) throw new Error(`there is no security group ${group}`);
    return found.id;
  }

  #rule(group: SecurityGroupPlan, rule: SecurityGroupRulePlan, args: SecurityGroupsArgs) {
    return {
      securityGroupId: this.id(group.name),
      description: rule.description,
      ...(rule.port === undefined
        ? { ipProtocol: '-1' }
        : { ipProtocol: 'tcp', fromPort: rule.port, toPort: rule.port }),
      ...this.#peer(rule.peer, args),
    };
  }

  #peer(peer: SecurityGroupRulePlan['peer'], args: SecurityGroupsArgs) {
    if (peer === 'world') return { cidrIpv4: '0.0.0.0/0' };
    const prefixListId = args.prefixListIds[peer];
    if (prefixListId !== undefined) return { prefixListId };
    if (peer === 's3') throw new Error('there is no prefix list of s3');
    return { referencedSecurityGroupId: this.id(peer) };
  }
}

export interface VpcEndpointsArgs {
  readonly displayName: string;
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  /** Such as `ecr.api`. */
  readonly services: readonly string[];
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** JSON: who may use them, for what. @default everybody, everything */
  readonly policy?: string;
}

/** Endpoints of AWS's services inside a VPC without a way to the internet. */
export class VpcEndpoints extends pulumi.ComponentResource {
  /** For `dependsOn`: a task needs all of them to start. */
  readonly endpoints: readonly pulumi.Resource[];

  constructor(name: string, args: VpcEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:VpcEndpoints', name, {}, opts);
    this.endpoints = args.services.map(
      (service) =>
        new VpcEndpoint(
          `${name}-${service.replaceAll('.', '-')}`,
          {
            vpcId: args.vpcId,
            vpcEndpointType: 'Interface',
            serviceName: `com.amazonaws.${args.region}.${service}`,
            privateDnsEnabled: true,
            subnetIds: [...args.subnetIds],
            securityGroupIds: [args.securityGroupId],
            ...(args.policy === undefined ? {} : { policy: args.policy }),
            tags: { Name: `${args.displayName}-${service}` },
          },
          { parent: this },
        ),
    );
    this.registerOutputs();
  }
}
