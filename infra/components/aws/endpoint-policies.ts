export interface EndpointAccounts {
  readonly partition: string;
  readonly region: string;
  /** The account of the stack: whoever calls is of it. */
  readonly accountId: string;
  /** Further accounts whose resources may be used. @default none */
  readonly resourceAccounts?: readonly string[];
}

/**
 * Policy of an interface endpoint: this account's identities, on this account's resources. Actions without a
 * resource, such as a login at ECR, have no account of one.
 */
export function interfaceEndpointPolicy(accounts: EndpointAccounts): string {
  return policy([withinAccount(accounts)]);
}

/** The same for S3, and the bucket from which ECR itself hands out the layers of images. */
export function s3EndpointPolicy(accounts: EndpointAccounts): string {
  const { partition, region } = accounts;
  return policy([
    withinAccount(accounts),
    {
      Sid: 'ImageLayers',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`,
    },
  ]);
}

function withinAccount({ accountId, resourceAccounts = [] }: EndpointAccounts): object {
  return {
    Sid: 'WithinAccount',
    Effect: 'Allow',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: {
      StringEquals: { 'aws:PrincipalAccount': accountId },
      StringEqualsIfExists: { 'aws:ResourceAccount': [accountId, ...resourceAccounts] },
    },
  };
}

function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
