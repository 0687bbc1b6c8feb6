import * as pulumi from '@pulumi/pulumi';
import { AuroraDatabase } from '../../components/aws/aurora-database.ts';
import { EncryptionKey } from '../../components/aws/encryption-key.ts';
import { PostgresDatabase } from '../../components/aws/postgres-database.ts';
import { RedisCache } from '../../components/aws/redis-cache.ts';
import { SecretVault } from '../../components/aws/secret-vault.ts';
import type { TemplateOutputs } from '../../secrets.ts';
import type { StackContext } from './args.ts';
import type { StackNetwork } from './network.ts';

/** ARN of the key that encrypts all data: the user's own, or the stack's. */
export function stackKey({
  plan: { aws },
  name,
  facts,
  opts,
}: StackContext): pulumi.Output<string> {
  const { key, partition, region, protect } = aws;
  if (key.arn !== undefined) return pulumi.output(key.arn);
  return new EncryptionKey(
    name('key'),
    {
      plan: key,
      partition,
      region,
      accountId: facts.accountId,
      protect,
      retain: Boolean(aws.database?.finalSnapshot || aws.redis?.finalSnapshot),
    },
    opts,
  ).arn;
}

export interface StackDatabase {
  readonly host: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  /** For `dependsOn` of what connects to it. */
  readonly ready: readonly pulumi.Resource[];
}

export interface StackData {
  /** undefined with an external server. */
  readonly database: StackDatabase | undefined;
  /** undefined with an external server, or none. */
  readonly redis:
    | { readonly cache: RedisCache; readonly password: pulumi.Output<string> }
    | undefined;
  /** For templates that name a server. */
  readonly outputs: TemplateOutputs;
  /** For `dependsOn` of what connects to the servers. */
  readonly ready: readonly pulumi.Resource[];
}

/** The stack's own PostgreSQL and Redis. */
export function stackData(
  context: StackContext,
  network: StackNetwork,
  keyArn: pulumi.Input<string>,
): StackData {
  const database = stackDatabase(context, network, keyArn);
  const redis = stackRedis(context, network, keyArn);
  return {
    database,
    redis,
    outputs: {
      ...(database ? { databaseHost: database.host } : {}),
      ...(redis ? { redisHost: redis.cache.host } : {}),
    },
    ready: [...(database?.ready ?? []), ...(redis ? [redis.cache.replicationGroup] : [])],
  };
}

function stackDatabase(
  { plan: { aws }, name, databaseLogGroups, opts }: StackContext,
  network: StackNetwork,
  keyArn: pulumi.Input<string>,
): StackDatabase | undefined {
  const { database, protect } = aws;
  if (!database) return undefined;
  const placement = {
    ...network.placement('database'),
    keyArn,
    protect: protect && !database.allowReplacement,
    logs: { retentionDays: aws.logs.days, existing: databaseLogGroups },
  };
  if (database.kind === 'aurora') {
    const aurora = new AuroraDatabase(name('database'), { plan: database, ...placement }, opts);
    return { host: aurora.host, masterSecretArn: aurora.masterSecretArn, ready: aurora.instances };
  }
  const rds = new PostgresDatabase(name('database'), { plan: database, ...placement }, opts);
  return { host: rds.host, masterSecretArn: rds.masterSecretArn, ready: [rds.instance] };
}

function stackRedis(
  { plan: { aws }, name, secrets, opts }: StackContext,
  network: StackNetwork,
  keyArn: pulumi.Input<string>,
): StackData['redis'] {
  const { redis, protect } = aws;
  if (!redis) return undefined;
  const password = secrets.fill(redis.authToken);
  const cache = new RedisCache(
    name('redis'),
    {
      plan: redis,
      ...network.placement('redis'),
      keyArn,
      authToken: password,
      protect: protect && !redis.allowReplacement,
    },
    opts,
  );
  return { cache, password };
}

/** Values of the containers' secrets in Secrets Manager. */
export function stackVault(
  { plan: { aws }, name, secrets, opts }: StackContext,
  keyArn: pulumi.Input<string>,
  outputs: TemplateOutputs,
): SecretVault {
  const filled = aws.secrets.map((secret) => ({
    ...secret,
    value: secrets.fill(secret.value, outputs),
  }));
  return new SecretVault(name('vault'), { keyArn, secrets: filled }, opts);
}
