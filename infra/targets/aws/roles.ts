import type * as pulumi from '@pulumi/pulumi';
import type { PolicyRef, RoleName, RolePlan } from '../../../src/derive/plan.ts';
import { shortName } from '../../components/aws/names.ts';
import { type PolicyStatement, ServiceRole } from '../../components/aws/service-role.ts';
import type { StackContext } from './args.ts';

/** ARNs for statements; several for the secrets, none for what the stack does not have. */
export type PolicyArns = Readonly<Record<PolicyRef, readonly pulumi.Output<string>[]>>;

/** A role of the plan, with ARNs in its statements. */
export function stackRole(
  { plan, facts, opts }: StackContext,
  name: RoleName,
  arns: PolicyArns,
): ServiceRole {
  const { roles, region } = plan.aws;
  const role = roles.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`the plan has no role ${name}`);
  return new ServiceRole(
    `${name}-role`,
    {
      plan: role,
      // IAM has no regions: the same stack may be in two.
      roleName: shortName(`${plan.name}-${name}-${region}`, 64),
      accountId: facts.accountId,
      statements: policyStatements(role, arns),
    },
    opts,
  );
}

/** A role's statements with ARNs, without those for resources that the stack does not have. */
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
