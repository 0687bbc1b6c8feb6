import { Provider, type ProviderArgs } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsConfig } from '../../../src/aws/config.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { AuroraDatabase } from '../../components/aws/aurora-database.ts';
import { EncryptionKey } from '../../components/aws/encryption-key.ts';
import { PostgresDatabase } from '../../components/aws/postgres-database.ts';
import { RedisCache } from '../../components/aws/redis-cache.ts';
import type { AwsFacts } from './facts.ts';
import { providerInputs } from './provider-config.ts';

/** Account and credentials as the user configured them; region and tags as the stack file says. */
export function stackProvider(aws: AwsResources, config: AwsConfig): Provider {
  const inputs = providerInputs(config) as ProviderArgs;
  return new Provider('aws', {
    ...inputs,
    region: aws.region,
    defaultTags: pulumi
      .output(inputs.defaultTags)
      .apply((own) => ({ tags: { ...own?.tags, ...aws.tags } })),
  });
}

/** ARN of the key that all is encrypted with: the user's own, or the stack's. */
export function stackKey(
  aws: AwsResources,
  { accountId }: AwsFacts,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Output<string> {
  if (aws.key.arn !== undefined) return pulumi.output(aws.key.arn);
  return new EncryptionKey(
    'key',
    {
      ...aws.key,
      partition: aws.partition,
      region: aws.region,
      accountId,
      protect: aws.protect,
      retain: Boolean(aws.database?.finalSnapshot || aws.redis?.finalSnapshot),
    },
    opts,
  ).arn;
}

export interface DataPlace {
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/** PostgreSQL of the stack's own; `ready`: there when it takes connections. */
export function stackDatabase(
  { database, protect }: AwsResources,
  place: () => DataPlace,
  opts: pulumi.ComponentResourceOptions,
) {
  if (!database) return undefined;
  const common = { ...place(), protect: protect && !database.allowReplacement };
  if (database.kind === 'aurora') {
    const aurora = new AuroraDatabase('database', { ...database, ...common }, opts);
    return { host: aurora.host, masterSecretArn: aurora.masterSecretArn, ready: aurora.instances };
  }
  const rds = new PostgresDatabase('database', { ...database, ...common }, opts);
  return { host: rds.host, masterSecretArn: rds.masterSecretArn, ready: [rds.instance] };
}

/** Redis of the stack's own. */
export function stackRedis(
  { redis, protect }: AwsResources,
  place: () => DataPlace & { readonly authToken: pulumi.Input<string> },
  opts: pulumi.ComponentResourceOptions,
): RedisCache | undefined {
  if (!redis) return undefined;
  return new RedisCache(
    'redis',
    { ...redis, ...place(), protect: protect && !redis.allowReplacement },
    opts,
  );
}
