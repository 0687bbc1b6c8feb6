import type { ModuleSpec, OptionValue, PluginSpec } from '../stack/stack-file.ts';

type Modules = Readonly<Record<string, ModuleSpec>>;
type Options = Readonly<Record<string, OptionValue>>;

const REDIS_URL: OptionValue = { env: 'REDIS_URL' };

/** What Medusa's own modules need to know of the stack, by package. A user's own options win. */
function derivedOptions(resolve: string, prefix: string): Options {
  switch (resolve) {
    case '@medusajs/cache-redis':
      return { redisUrl: REDIS_URL, namespace: `${prefix}:cache` };
    case '@medusajs/event-bus-redis':
      return { redisUrl: REDIS_URL, queueName: `${prefix}-events` };
    default:
      return {};
  }
}

/** Modules by name, those on Redis with connection and prefix. */
export function deriveModules(
  modules: Modules,
  options: { redis: boolean; prefix: string },
): Modules {
  return Object.fromEntries(
    Object.entries(modules)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, spec]) => [name, withOptions(spec, options)]),
  );
}

function withOptions(spec: ModuleSpec, { redis, prefix }: { redis: boolean; prefix: string }) {
  const derived = redis ? derivedOptions(spec.resolve, prefix) : {};
  return merge(spec, derived);
}

/**
 * Plugins in their order. The local file service's `backend_url` would be `http://localhost:9000`
 * wherever the backend runs.
 */
export function derivePlugins(plugins: readonly PluginSpec[]): readonly PluginSpec[] {
  return plugins.map((plugin) =>
    plugin.resolve === '@medusajs/file-local'
      ? merge(plugin, { backend_url: { env: 'MEDUSA_BACKEND_URL' } })
      : plugin,
  );
}

function merge(spec: ModuleSpec, derived: Options): ModuleSpec {
  const options = { ...derived, ...spec.options };
  return Object.keys(options).length === 0 ? { resolve: spec.resolve } : { ...spec, options };
}
