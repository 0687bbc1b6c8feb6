import * as z from 'zod/mini';
import { FILE_LOCAL, isUnset, LOCAL_FOLDER } from '../file-plugins.ts';
import type { ConfigurationProblem, MedusaConfig, ModuleConfig, PluginConfig } from './types.ts';
import type { Variables } from './variables.ts';

type ObjectPlugin = Exclude<PluginConfig, string>;
type LoosePlugin = string | { resolve: string; options?: Record<string, unknown> | undefined };

const options = z.record(z.string(), z.unknown(), { error: 'must be a map of options' });
const resolve = z
  .string({ error: 'must be the name of a package' })
  .check(z.minLength(1, { error: 'must be the name of a package' }));

export const pluginsShape = z.array(
  z.union([resolve, z.strictObject({ resolve, options: z.optional(options) })], {
    error: 'must be the name of a package, or { "resolve": ..., "options": ... }',
  }),
  { error: 'must be a list of plugins' },
);

export const modulesShape = z.record(
  z.string(),
  z.union(
    [
      z.boolean(),
      resolve,
      z.looseObject({ resolve: z.optional(resolve), options: z.optional(options) }),
    ],
    { error: 'must be true, false, the name of a package, or { "resolve": ..., "options": ... }' },
  ),
  { error: 'must be a map of modules' },
);

/** Replaces each `{ "env": "NAME" }` in the options of plugins and modules by that variable's text. */
export function resolveOptions<T>(
  value: T,
  path: string,
  variables: Variables,
  problems: ConfigurationProblem[],
): T {
  const visit = (node: unknown, place: string): unknown => {
    if (Array.isArray(node)) return node.map((item, index) => visit(item, `${place}[${index}]`));
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node);
    if (entries.length === 1 && entries[0]?.[0] === 'env' && typeof entries[0][1] === 'string') {
      const name = entries[0][1];
      const text = /^[A-Za-z_]\w*$/.test(name) ? variables.get(name) : undefined;
      if (text === undefined)
        problems.push({ variable: name, message: `not set; ${place} needs it` });
      return text;
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, visit(item, `${place}.${key}`)]));
  };
  return visit(value, path) as T;
}

/** Each plugin with options: some read theirs without looking whether there are any. */
export function withOptions(plugins: readonly LoosePlugin[]): ObjectPlugin[] {
  return plugins.map((plugin) =>
    typeof plugin === 'string'
      ? { resolve: plugin, options: {} }
      : { ...plugin, options: plugin.options ?? {} },
  );
}

/**
 * What file-local needs to serve the files that it takes: links begin with http://localhost:9000 unless
 * its options say otherwise, and by default it writes to `uploads` and serves `uploads/images`.
 */
export function withServedFiles(plugins: ObjectPlugin[], backendUrl?: string): ObjectPlugin[] {
  const defaults = { ...(backendUrl ? { backend_url: backendUrl } : {}), upload_dir: LOCAL_FOLDER };
  return plugins.map((plugin) => {
    if (!FILE_LOCAL.includes(plugin.resolve)) return plugin;
    const options = Object.entries(plugin.options ?? {});
    const own = Object.fromEntries(options.filter(([, value]) => !isUnset(value)));
    return { ...plugin, options: { ...defaults, ...own } };
  });
}

/**
 * Gives the Redis modules what Medusa would miss at start: the URL, and separate names where
 * `redis_prefix` says that the Redis is shared. What a module sets itself stays.
 */
export function connectRedisModules(
  config: MedusaConfig,
  problems: ConfigurationProblem[],
): Record<string, ModuleConfig> {
  const { redis_url, redis_prefix } = config.projectConfig;
  const prefix = redis_prefix?.replace(/[:\s]+$/, '');
  const named: Record<string, Record<string, unknown>> = {
    // "medusa" and "events-queue" are the modules' own defaults; BullMQ refuses ":" in a queue's name.
    '@medusajs/cache-redis': prefix ? { namespace: `${prefix}:medusa` } : {},
    '@medusajs/event-bus-redis': prefix
      ? { queueName: `${prefix.replaceAll(':', '-')}-events-queue` }
      : {},
  };
  const connect = (name: string, module: ModuleConfig): ModuleConfig => {
    const declared = typeof module === 'string' ? { resolve: module } : module;
    if (typeof declared !== 'object' || !declared.resolve) return module;
    const defaults = named[declared.resolve];
    if (!defaults) return module;
    const redisUrl = declared.options?.['redisUrl'] ?? redis_url;
    if (!redisUrl) {
      const message = `not set; modules.${name} (${declared.resolve}) needs it`;
      if (!problems.some(({ variable }) => variable === 'REDIS_URL')) {
        problems.push({ variable: 'REDIS_URL', message });
      }
    }
    return { ...declared, options: { ...defaults, ...declared.options, redisUrl } };
  };
  return Object.fromEntries(
    Object.entries(config.modules).map(([name, module]) => [name, connect(name, module)]),
  );
}
