import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { logGroupPrefix } from '../../../src/derive/aws/database.ts';
import type { AwsDatabasePlan } from '../../../src/derive/plan.ts';

export interface DatabaseLogsArgs {
  /** Days after which a line is deleted; CloudWatch offers certain numbers. */
  readonly retentionDays: number;
  /**
   * Names of log groups of this database that exist, because RDS made them or an earlier run: they are taken
   * over with their lines. @default none
   */
  readonly existing?: readonly string[];
}

/**
 * The log groups that a database exports to. RDS makes those that do not exist, without a retention or a
 * key, and leaves them behind.
 *
 * @returns for `dependsOn` of the database
 */
export function databaseLogs(
  name: string,
  plan: Pick<AwsDatabasePlan, 'kind' | 'logExports'>,
  identifier: pulumi.Output<string>,
  { retentionDays, existing = [], keyArn }: DatabaseLogsArgs & { keyArn: pulumi.Input<string> },
  parent: pulumi.Resource,
): LogGroup[] {
  return plan.logExports.map((log) => {
    const found = existing.find((group) => group.endsWith(`/${log}`));
    return new LogGroup(
      `${name}-log-${log}`,
      {
        name: pulumi.interpolate`${identifier.apply((id) => logGroupPrefix(plan, id))}/${log}`,
        retentionInDays: retentionDays,
        kmsKeyId: keyArn,
      },
      // Of one that is in the state already, the import is ignored.
      { parent, ...(found === undefined ? {} : { import: found }) },
    );
  });
}
