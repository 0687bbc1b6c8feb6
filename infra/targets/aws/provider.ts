import { Provider, type ProviderArgs } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import type { AwsConfig } from '../../../src/aws/config.ts';
import type { AwsResources } from '../../../src/derive/plan.ts';
import { providerInputs } from './provider-config.ts';

/** Account and credentials as the user configured them; region and tags as the stack file says. */
export function stackProvider({ region, tags }: AwsResources, config: AwsConfig): Provider {
  const inputs = providerInputs(config) as ProviderArgs;
  return new Provider('aws', {
    ...inputs,
    region,
    defaultTags: pulumi
      .output(inputs.defaultTags)
      .apply((own) => ({ tags: { ...own?.tags, ...tags } })),
  });
}
