import type * as pulumi from '@pulumi/pulumi';
import type { PolicyRef, RoleName, RolePlan } from '../../../src/derive/plan.ts';
import { shortName } from '../../components/aws/names.ts';
import type { SecretVault } from '../../components/aws/secret-vault.ts';
import type { ServiceLogs } from '../../components/aws/service-logs.ts';
import { type PolicyStatement, ServiceRole } from '../../components/aws/service-role.ts';
import type { StackContext } from './args.ts';
import type { StackDatabase } from './data.ts';
import type { AwsImages } from './images.ts';
import { type StackNetwork, stackFlowLogs } from './network.ts';

/** ARNs for statements; several for the secrets, none for what the stack does not have. */
type PolicyArns = Readonly<Record<PolicyRef, readonly pulumi.Output<string>[]>>;

/** What roles may use. */
export interface RoleParts {
  readonly network: StackNetwork;
  readonly keyArn: pulumi.Output<string>;
  readonly database: StackDatabase | undefined;
  readonly vault: SecretVault;
  readonly images: AwsImages;
  readonly logs: ServiceLogs;
}

/** The roles of tasks, and the flow logs with theirs. */
export function stackRoles(
  context: StackContext,
  { network, keyArn, database, vault, images, logs }: RoleParts,
): { readonly executionRole: ServiceRole; readonly taskRole: ServiceRole } {
  const arns: PolicyArns = {
    secrets: vault.arns,
    'master-secret': database ? [database.masterSecretArn] : [],
    key: [keyArn],
    repository: images.repository ? [images.repository.arn] : [],
    'log-group': [logs.arn],
    'flow-log-group': [],
  };
  const executionRole = stackRole(context, 'execution', arns);
  const taskRole = stackRole(context, 'task', arns);
  stackFlowLogs(context, network, keyArn, (flowLogGroup) =>
    stackRole(context, 'flow-logs', { ...arns, 'flow-log-group': [flowLogGroup] }),
  );
  return { executionRole, taskRole };
}

/** A role of the plan, with ARNs in its statements. */
function stackRole(
  { plan, name: logicalName, facts, opts }: StackContext,
  name: RoleName,
  arns: PolicyArns,
): ServiceRole {
  const { roles, region } = plan.aws;
  const role = roles.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`the plan has no role ${name}`);
  return new ServiceRole(
    logicalName(`${name}-role`),
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
function policyStatements(role: RolePlan, arns: PolicyArns): PolicyStatement[] {
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
