import { logGroupPrefix } from '../derive/aws/database.ts';
import type { AwsResources } from '../derive/plan.ts';
import { firstLine, messageOf } from '../error-text.ts';
import { UserError } from '../errors.ts';
import { type AwsAccount, clientConfig } from './client-config.ts';
import { isOwnDatabase } from './own-database.ts';

/**
 * Names of the log groups of the stack's database, whoever made them; none before there is one. Those of a
 * database that was deleted are not among them, though their names begin alike.
 * @throws UserError if AWS refuses
 */
export async function databaseLogGroups(
  account: AwsAccount,
  aws: Pick<AwsResources, 'database' | 'tags'>,
): Promise<readonly string[]> {
  const { database } = aws;
  if (!database) return [];
  try {
    const identifier = await ownIdentifier(account, aws);
    return identifier === undefined
      ? []
      : await logGroups(account, `${logGroupPrefix(database, identifier)}/`);
  } catch (error) {
    throw new UserError(
      `AWS does not report the log groups of the database (${firstLine(messageOf(error))}); fix that and run up again`,
      'aws-request-failed',
    );
  }
}

async function ownIdentifier(
  account: AwsAccount,
  aws: Pick<AwsResources, 'database' | 'tags'>,
): Promise<string | undefined> {
  const sdk = await import('@aws-sdk/client-rds');
  const client = new sdk.RDSClient(await clientConfig(account, 'rds'));
  try {
    if (aws.database?.kind === 'aurora') {
      for await (const { DBClusters = [] } of sdk.paginateDescribeDBClusters({ client }, {})) {
        for (const { DBClusterIdentifier, TagList } of DBClusters) {
          if (isOwnDatabase(aws, DBClusterIdentifier, TagList)) return DBClusterIdentifier;
        }
      }
      return undefined;
    }
    for await (const { DBInstances = [] } of sdk.paginateDescribeDBInstances({ client }, {})) {
      for (const { DBInstanceIdentifier, TagList } of DBInstances) {
        if (isOwnDatabase(aws, DBInstanceIdentifier, TagList)) return DBInstanceIdentifier;
      }
    }
    return undefined;
  } finally {
    client.destroy();
  }
}

async function logGroups(account: AwsAccount, prefix: string): Promise<readonly string[]> {
  const sdk = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new sdk.CloudWatchLogsClient(await clientConfig(account, 'logs'));
  try {
    const pages = sdk.paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix });
    const found: string[] = [];
    for await (const { logGroups: page = [] } of pages) {
      found.push(...page.flatMap(({ logGroupName }) => logGroupName ?? []));
    }
    return found;
  } finally {
    client.destroy();
  }
}
