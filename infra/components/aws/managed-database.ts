import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';
import type { AwsDatabasePlan } from '../../../src/derive/plan.ts';
import { type DatabaseLogsArgs, databaseLogs } from './database-logs.ts';
import type { DataPlacement } from './placement.ts';

/** Arguments of both RDS instances and Aurora clusters. */
export interface ManagedDatabaseArgs<Plan extends AwsDatabasePlan> extends DataPlacement {
  readonly plan: Plan;
  /** Log groups of the logs that the plan exports. @default RDS makes them, without a retention or a key */
  readonly logs?: DatabaseLogsArgs;
}

/** The identifier, the subnets and the log groups of an instance or a cluster. */
export function databaseBase(
  name: string,
  args: ManagedDatabaseArgs<AwsDatabasePlan>,
  parent: pulumi.Resource,
) {
  const { identifier: prefix } = args.plan;
  const suffix = new RandomId(
    `${name}-suffix`,
    { byteLength: 3 },
    { parent, protect: args.protect },
  );
  const identifier = pulumi.interpolate`${prefix}-${suffix.hex}`;
  const subnets = new SubnetGroup(
    `${name}-subnets`,
    { name: identifier, description: prefix, subnetIds: [...args.subnetIds] },
    { parent },
  );
  const logGroups = args.logs
    ? databaseLogs(name, args.plan, identifier, { ...args.logs, keyArn: args.keyArn }, parent)
    : [];
  return { identifier, subnetGroupName: subnets.name, logGroups };
}

/** The parameter group of an instance or a cluster; a new family makes a new group under a new name. */
export function parameterGroupArgs({ identifier, parameterFamily, parameters }: AwsDatabasePlan) {
  return {
    namePrefix: `${identifier}-`,
    family: parameterFamily,
    description: identifier,
    parameters: parameters.map(({ name, value, reboot }) => ({
      name,
      value,
      applyMethod: reboot ? 'pending-reboot' : 'immediate',
    })),
  };
}

/** ARN of the secret in which RDS stores the master user's password. */
export function masterSecretArn(
  secrets: pulumi.Output<readonly { readonly secretArn?: string }[]>,
): pulumi.Output<string> {
  return secrets.apply((list) => {
    const arn = list[0]?.secretArn;
    if (!arn) throw new Error('RDS returned no secret of the master user');
    return arn;
  });
}
