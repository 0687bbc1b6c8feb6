import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import * as pulumi from '@pulumi/pulumi';

export interface ServiceLogsArgs {
  readonly groupName: string;
  /** Days after which a line is deleted; one of those that CloudWatch offers. */
  readonly retentionDays: number;
  readonly keyArn: pulumi.Input<string>;
}

/** Where the containers of a stack write their logs, encrypted. */
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
