import { fillDependentDefaults } from './dependent-defaults.ts';
import { type RawStack, stackSchema } from './sections/root.ts';
import { secret } from './sections/secrets.ts';
import type { DraftStack, ModuleSpec, SecretSpec } from './stack-file.ts';
import { withAbsolutePaths } from './written-path.ts';

/**
 * Fills in every default and parses units. `folder` is the stack file's: paths in it start there.
 * Takes any part that is valid by itself, so that rules can judge a file that is wrong elsewhere.
 */
export function resolveStack(raw: RawStack, folder: string): DraftStack {
  const { extends: _, aws, modules, ...parsed } = withAbsolutePaths(stackSchema.parse(raw), folder);
  const stack: DraftStack = {
    ...parsed,
    // Tasks on aws keep no files, whatever the file says.
    uploads: parsed.target === 'aws' ? false : parsed.uploads,
    secrets: withReserved(parsed),
    modules: withDefaultModules(modules, parsed.redis !== false),
    ...(parsed.target === 'aws' && aws ? { aws } : {}),
  };
  fillDependentDefaults(stack);
  return stack;
}

/** The reserved secrets come first and are there as far as the stack needs them. */
function withReserved({
  database,
  redis,
  secrets,
}: Pick<DraftStack, 'database' | 'redis' | 'secrets'>): Record<string, SecretSpec> {
  const needed = [
    'jwt',
    'cookie',
    ...(database.type === 'postgres' && !database.external ? ['database'] : []),
    ...(redis && !redis.external ? ['redis'] : []),
  ];
  return Object.fromEntries(
    [...new Set([...needed, ...Object.keys(secrets)])].map((name) => [
      name,
      secrets[name] ?? secret.parse({}),
    ]),
  );
}

/** What Medusa needs and what the stack chose, in a stable order: defaults first. */
function withDefaultModules(
  chosen: Readonly<Record<string, ModuleSpec | null>>,
  redis: boolean,
): Record<string, ModuleSpec> {
  const modules = {
    cacheService: { resolve: redis ? '@medusajs/cache-redis' : '@medusajs/cache-inmemory' },
    eventBus: { resolve: redis ? '@medusajs/event-bus-redis' : '@medusajs/event-bus-local' },
    ...chosen,
  };
  return Object.fromEntries(
    Object.entries(modules).filter((entry): entry is [string, ModuleSpec] => entry[1] !== null),
  );
}
