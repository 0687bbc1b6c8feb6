import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';

/** Arguments of both RDS instances and Aurora clusters. */
export interface ManagedDatabaseArgs {
  /** Prefix of the identifier; a random end follows, as names of final snapshots stay taken. */
  readonly identifier: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly engineVersion: string;
  readonly parameterFamily: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly value: string;
    /** Whether a change waits for the server's next restart. */
    readonly reboot: boolean;
  }[];
  /** RDS generates its password, stores it in Secrets Manager and rotates it: nobody else knows it. */
  readonly masterUser: string;
  readonly port: number;
  readonly instanceClass: string;
  readonly backupDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly backupWindow: string;
  /** UTC, `ddd:hh:mm-ddd:hh:mm`. */
  readonly maintenanceWindow: string;
  readonly deletionProtection: boolean;
  readonly finalSnapshot: boolean;
  readonly performanceInsights: boolean;
  readonly performanceInsightsDays: number;
  readonly caCertificate: string;
  readonly logExports: readonly string[];
  readonly applyImmediately: boolean;
  readonly autoMinorVersionUpgrade: boolean;
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect: boolean;
}

/** The identifier, the subnets and the inputs that instances and clusters share. */
export function databaseBase(name: string, args: ManagedDatabaseArgs, parent: pulumi.Resource) {
  const suffix = new RandomId(
    `${name}-suffix`,
    { byteLength: 3 },
    { parent, protect: args.protect },
  );
  const identifier = pulumi.interpolate`${args.identifier}-${suffix.hex}`;
  const subnets = new SubnetGroup(
    `${name}-subnets`,
    { name: identifier, description: args.identifier, subnetIds: [...args.subnetIds] },
    { parent },
  );
  return { identifier, subnetGroupName: subnets.name };
}

/** Parameters in the provider's format. */
export function parameterList(parameters: ManagedDatabaseArgs['parameters']) {
  return parameters.map(({ name, value, reboot }) => ({
    name,
    value,
    applyMethod: reboot ? 'pending-reboot' : 'immediate',
  }));
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
