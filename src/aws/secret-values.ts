import { type AwsAccount, clientConfig } from './client-config.ts';

/** Values of secrets, at exactly the versions that a task definition names. @throws as the SDK does */
export async function secretValues(
  account: AwsAccount,
  references: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const client = new sdk.SecretsManagerClient(await clientConfig(account, 'secretsmanager'));
  try {
    return new Map(
      await Promise.all(
        [...references].map(async (reference) => {
          const { SecretString } = await client.send(
            new sdk.GetSecretValueCommand(secretOf(reference)),
          );
          return [reference, SecretString] as const;
        }),
      ),
    );
  } finally {
    client.destroy();
  }
}

/** `arn:aws:secretsmanager:region:account:secret:name:key:stage:version`, as ECS writes it. */
function secretOf(reference: string): { SecretId: string; VersionId?: string } {
  const parts = reference.split(':');
  const version = parts[9];
  return { SecretId: parts.slice(0, 7).join(':'), ...(version ? { VersionId: version } : {}) };
}
