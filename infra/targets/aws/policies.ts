import type * as pulumi from '@pulumi/pulumi';
import type { AwsResources, PolicyRef, RoleName, RolePlan } from '../../../src/derive/plan.ts';
import { shortName } from '../../components/aws/names.ts';
import { type PolicyStatement, ServiceRole } from '../../components/aws/service-role.ts';
import type { AwsFacts } from './facts.ts';

/** ARNs of what statements are about; several for the secrets, none for what the stack does not have. */
export type PolicyArns = Readonly<Record<PolicyRef, readonly pulumi.Output<string>[]>>;

export interface RoleContext {
  readonly aws: AwsResources;
  readonly prefix: string;
  readonly facts: AwsFacts;
  readonly opts: pulumi.ComponentResourceOptions;
}

/** One of the plan's roles, with the ARNs that its statements are about. */
export function stackRole(context: RoleContext, name: RoleName, arns: PolicyArns): ServiceRole {
  const { aws, prefix, facts, opts } = context;
  const role = aws.roles.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`the plan has no role ${name}`);
  return new ServiceRole(
    `${name}-role`,
    {
      // IAM is one for all regions: the same stack may be in two.
      roleName: shortName(`${prefix}-${name}-${aws.region}`, 64),
      description: role.about,
      assumedBy: role.assumedBy,
      accountId: facts.accountId,
      statements: policyStatements(role, arns),
      policyArns: role.policyArns,
    },
    opts,
  );
}

/** A role's statements with the ARNs in them; one that is about nothing in this stack goes. */
export function policyStatements(role: RolePlan, arns: PolicyArns): PolicyStatement[] {
  return role.statements
    .map(({ sid, actions, resources, conditions }) => ({
      sid,
      actions,
      ...(conditions ? { conditions } : {}),
      resources: resources.flatMap((resource): pulumi.Input<string>[] => {
        if (typeof resource === 'string') return [resource];
        const { ref, suffix } = resource;
        return suffix ? arns[ref].map((arn) => arn.apply((text) => text + suffix)) : [...arns[ref]];
      }),
    }))
    .filter(({ resources }) => resources.length > 0);
}
