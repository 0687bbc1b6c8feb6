import { Alias } from '@pulumi/aws/kms/alias.js';
import { Key } from '@pulumi/aws/kms/key.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsKeyPlan } from '../../../src/derive/plan.ts';

export interface EncryptionKeyArgs {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly plan: Pick<AwsKeyPlan, 'alias' | 'deletionWindowDays'>;
  /** Whether Pulumi refuses to delete it: without the key, all that it encrypted is lost. */
  readonly protect: boolean;
  /** Whether `destroy` keeps it, as a final snapshot is encrypted with it. */
  readonly retain: boolean;
}

/** The key that encrypts all data of a stack. AWS rotates the key material each year. */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:EncryptionKey', name, {}, opts);
    const key = new Key(
      `${name}-key`,
      {
        description: 'Secrets, database, Redis, logs and images of a stack',
        enableKeyRotation: true,
        deletionWindowInDays: args.plan.deletionWindowDays,
        policy: keyPolicy(args),
      },
      { parent: this, protect: args.protect, retainOnDelete: args.retain },
    );
    new Alias(`${name}-alias`, { name: args.plan.alias, targetKeyId: key.keyId }, { parent: this });
    this.arn = key.arn;
    this.registerOutputs();
  }
}

/** Permissions come from IAM policies, except those of CloudWatch Logs, which have to be here. */
function keyPolicy({ partition, region, accountId }: EncryptionKeyArgs): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'CloudWatchLogs',
        Effect: 'Allow',
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
          },
        },
      },
    ],
  });
}
