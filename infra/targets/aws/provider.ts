import { Provider, type ProviderArgs } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsConfig } from '../../../src/aws/config.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { knownValue } from '../../known-value.ts';
import { type Scope, TOP_SCOPE } from '../../scope.ts';
import { providerInputs } from './provider-config.ts';

/** Account and credentials as the user configured them; region and tags as the stack file says. */
export function stackProvider(
  { region, tags }: AwsResources,
  config: AwsConfig,
  scope: Scope = TOP_SCOPE,
): Provider {
  const inputs = providerInputs(config) as ProviderArgs;
  return new Provider(
    scope.name('aws'),
    {
      ...inputs,
      region,
      defaultTags: pulumi
        .output(inputs.defaultTags)
        .apply((own) => ({ tags: { ...own?.tags, ...tags } })),
    },
    scope.opts,
  );
}

/** Settings of a provider that decide which account and region it talks to. */
const ACCOUNT_KEYS = [
  ...['accessKey', 'secretKey', 'token', 'profile', 'region'],
  ...['assumeRoles', 'endpoints'],
];

/**
 * The settings of a provider that a program passes, in the form of the configuration `aws:…`, so that AWS's
 * SDK asks the same account.
 */
export async function configOf(provider: pulumi.ProviderResource): Promise<AwsConfig> {
  // All inputs are there as outputs, though its type names only those that are text.
  const outputs = provider as unknown as Readonly<Record<string, pulumi.Input<string | undefined>>>;
  const entries = await Promise.all(
    ACCOUNT_KEYS.map(async (key) => [key, await knownValue(outputs[key])] as const),
  );
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
