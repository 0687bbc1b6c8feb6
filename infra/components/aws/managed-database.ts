import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';
import type { AwsDatabasePlan } from '../../../src/derive/plan.ts';
import type { DataPlacement } from './placement.ts';

/** Arguments of both RDS instances and Aurora clusters. */
export interface ManagedDatabaseArgs<Plan extends AwsDatabasePlan> extends DataPlacement {
  readonly plan: Plan;
}

/** The identifier and the subnets of an instance or a cluster. */
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
  return { identifier, subnetGroupName: subnets.name };
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
