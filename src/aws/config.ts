/** The stack's Pulumi configuration in the namespace `aws`, by key without the namespace. */
export type AwsConfig = Readonly<Record<string, string>>;

/** The user's settings for Pulumi's AWS provider (`pulumi config set aws:profile shop`). */
export function awsConfig(all: Readonly<Record<string, string>>): AwsConfig {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith('aws:'))
      .map(([key, value]) => [key.slice('aws:'.length), value]),
  );
}

/** Configuration is text; lists, maps and booleans are JSON. */
export function configValue(value: string): unknown {
  if (!/^(\[|\{|true$|false$|\d+$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Address of a service, if the configuration sets it; of several maps the last one wins. */
export function endpointOf(config: AwsConfig, service: string): string | undefined {
  const maps = configValue(config['endpoints'] ?? '[]');
  if (!Array.isArray(maps)) return undefined;
  return maps
    .map((map: unknown) => (map as Readonly<Record<string, unknown>> | null)?.[service])
    .filter((url): url is string => typeof url === 'string')
    .at(-1);
}
