import { Provider, type ProviderArgs } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsConfig } from '../../../src/aws/config.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { UserError } from '../../../src/errors.ts';
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
 * @throws UserError if they are not known before resources are created
 */
export async function configOf(provider: pulumi.ProviderResource): Promise<AwsConfig> {
  // All inputs are there as outputs, though its type names only those that are text.
  const outputs = provider as unknown as Readonly<Record<string, pulumi.Input<string | undefined>>>;
  const wanted = Object.fromEntries(ACCOUNT_KEYS.map((key) => [key, outputs[key]]));
  const values = await knownValue(wanted);
  if (values === undefined) {
    throw new UserError(
      "the AWS provider's account or region is known only after an up; pass a provider that is known in a preview",
      'aws-request-failed',
    );
  }
  return Object.fromEntries(
    Object.entries(values as Readonly<Record<string, string | undefined>>).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
