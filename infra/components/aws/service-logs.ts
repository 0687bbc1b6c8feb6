import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import * as pulumi from '@pulumi/pulumi';

export interface ServiceLogsArgs {
  readonly groupName: string;
  /** Days after which a line is deleted; CloudWatch offers certain numbers. */
  readonly retentionDays: number;
  readonly keyArn: pulumi.Input<string>;
}

/** The encrypted log group of a stack's containers. */
export class ServiceLogs extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ServiceLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:ServiceLogs', name, {}, opts);
    const group = new LogGroup(
      `${name}-group`,
      { name: args.groupName, retentionInDays: args.retentionDays, kmsKeyId: args.keyArn },
      { parent: this },
    );
    this.groupName = group.name;
    this.arn = group.arn;
    this.registerOutputs();
  }
}
