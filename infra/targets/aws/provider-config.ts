import * as pulumi from '@pulumi/pulumi';
import { type AwsConfig, configValue } from '../../../src/aws/config.ts';

/**
 * The configuration as inputs of the stack's own provider, whose region and tags come from the plan. An
 * explicit provider does not read the configuration itself.
 */
export function providerInputs(config: AwsConfig): Record<string, pulumi.Input<unknown>> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      SENSITIVE.has(key) ? pulumi.secret(value) : configValue(value),
    ]),
  );
}

const SENSITIVE = new Set(['accessKey', 'secretKey', 'token']);
