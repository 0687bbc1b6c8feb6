import * as pulumi from '@pulumi/pulumi';
import { type AwsConfig, configValue } from '../../../src/aws/config.ts';

/**
 * The configuration as inputs of a provider of the stack's own, which takes its region from the stack
 * file and its tags from the plan. An explicit provider reads nothing of the configuration by itself.
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
