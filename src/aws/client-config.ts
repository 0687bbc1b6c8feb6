import type { ECSClientConfig } from '@aws-sdk/client-ecs';
import { type AwsConfig, endpointOf } from './config.ts';

/** The account that a client of AWS's SDK talks to. */
export interface AwsAccount {
  readonly region: string;
  /** The provider's configuration, so that both use the same account. */
  readonly config: AwsConfig;
}

type Credentials = ECSClientConfig['credentials'];

/** The part of every client's configuration with credentials and endpoint. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
}

/**
 * A client's configuration, the same as the provider's.
 * @param service key of `aws:endpoints`, such as `ecs`
 */
export async function clientConfig(
  { region, config }: AwsAccount,
  service: string,
): Promise<ClientConfig> {
  // package.json says which Node this needs; the SDK's warning about later versions helps no user.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const endpoint = endpointOf(config, service);
  const credentials = await credentialsOf(config, region);
  return { region, ...(endpoint ? { endpoint } : {}), ...(credentials ? { credentials } : {}) };
}

interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly sessionName?: string;
}

/** Found as the provider finds them. @default those of the environment and the usual files */
async function credentialsOf(config: AwsConfig, region: string): Promise<Credentials | undefined> {
  const { accessKey, secretKey, token, profile } = config;
  const roles: readonly AssumedRole[] = JSON.parse(config['assumeRoles'] ?? '[]');
  const own =
    accessKey && secretKey
      ? {
          accessKeyId: accessKey,
          secretAccessKey: secretKey,
          ...(token ? { sessionToken: token } : {}),
        }
      : undefined;
  if (!profile && roles.length === 0) return own;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import(
    '@aws-sdk/credential-providers'
  );
  const first = own ?? (profile ? fromNodeProviderChain({ profile }) : undefined);
  return roles.reduce<Credentials | undefined>(
    (masterCredentials, role) =>
      fromTemporaryCredentials({
        ...(masterCredentials ? { masterCredentials } : {}),
        params: {
          RoleArn: role.roleArn,
          RoleSessionName: role.sessionName ?? 'medusa-infra',
          ...(role.externalId ? { ExternalId: role.externalId } : {}),
        },
        clientConfig: { region },
      }),
    first,
  );
}
