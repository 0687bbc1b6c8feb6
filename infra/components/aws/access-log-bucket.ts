import { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import * as pulumi from '@pulumi/pulumi';
import type { LoadBalancerPlan } from '../../../src/derive/plan.ts';

export interface AccessLogBucketArgs {
  /** Prefix of the bucket's name; at most 37 characters. */
  readonly bucketPrefix: string;
  readonly accountId: string;
  /** Days after which a log is deleted, and the folder in the bucket. */
  readonly plan: NonNullable<LoadBalancerPlan['accessLogs']>;
  /** Whether `destroy` may remove the bucket while it contains logs. */
  readonly forceDestroy: boolean;
}

/** A private bucket that load balancers of this account may write their access logs to. */
export class AccessLogBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  /** For `dependsOn`: a load balancer writes a test object as soon as logging is on. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AccessLogBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:AccessLogBucket', name, {}, opts);
    const parent = { parent: this };
    const bucket = new Bucket(
      `${name}-bucket`,
      { bucketPrefix: args.bucketPrefix, forceDestroy: args.forceDestroy },
      parent,
    );
    const closed = new BucketPublicAccessBlock(
      `${name}-private`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    );
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.id,
        rules: [
          {
            id: 'expire',
            status: 'Enabled',
            filter: { prefix: '' },
            expiration: { days: args.plan.days },
          },
        ],
      },
      parent,
    );
    const policy = new BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.id,
        policy: bucket.arn.apply((arn) => bucketPolicy(arn, args.accountId, args.plan.prefix)),
      },
      { ...parent, dependsOn: [closed] },
    );
    this.bucketName = bucket.id;
    this.ready = [policy];
    this.registerOutputs();
  }
}

function bucketPolicy(arn: string, accountId: string, prefix: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'LoadBalancerLogs',
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `${arn}/${prefix}/AWSLogs/${accountId}/*`,
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
}
