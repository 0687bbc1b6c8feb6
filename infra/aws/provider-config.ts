import * as pulumi from '@pulumi/pulumi';

/** Keys of the `aws` namespace, without it, as they are in the stack's Pulumi configuration. */
export type AwsConfig = Readonly<Record<string, string>>;

/** What a user has set for Pulumi's AWS provider (`pulumi config set aws:profile shop`). */
export function awsConfig(all: Readonly<Record<string, string>>): AwsConfig {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith('aws:'))
      .map(([key, value]) => [key.slice('aws:'.length), value]),
  );
}

/**
 * The configuration as inputs of a provider of the stack's own, which takes its region from the stack
 * file and its tags from the plan. An explicit provider reads nothing of the configuration by itself.
 */
export function providerInputs(config: AwsConfig): Record<string, pulumi.Input<unknown>> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      SENSITIVE.has(key) ? pulumi.secret(value) : parsed(value),
    ]),
  );
}

const SENSITIVE = new Set(['accessKey', 'secretKey', 'token']);

/** Configuration is text: lists, maps and flags are JSON in it. */
function parsed(value: string): unknown {
  if (!/^(\[|\{|true$|false$|\d+$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Where a service answers, if the configuration says so; several maps are laid over each other. */
export function endpointOf(config: AwsConfig, service: string): string | undefined {
  const maps = parsed(config['endpoints'] ?? '[]');
  if (!Array.isArray(maps)) return undefined;
  return maps
    .map((map: unknown) => (map as Readonly<Record<string, unknown>> | null)?.[service])
    .filter((url): url is string => typeof url === 'string')
    .at(-1);
}
