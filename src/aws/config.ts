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

/** Configuration is text: lists, maps and flags are JSON in it. */
export function configValue(value: string): unknown {
  if (!/^(\[|\{|true$|false$|\d+$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Where a service answers, if the configuration says so; several maps are laid over each other. */
export function endpointOf(config: AwsConfig, service: string): string | undefined {
  const maps = configValue(config['endpoints'] ?? '[]');
  if (!Array.isArray(maps)) return undefined;
  return maps
    .map((map: unknown) => (map as Readonly<Record<string, unknown>> | null)?.[service])
    .filter((url): url is string => typeof url === 'string')
    .at(-1);
}
