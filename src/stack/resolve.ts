import { resolve as resolvePath } from 'node:path';
import { parseCpuMillis, parseDurationSeconds, parseSizeBytes } from '../units.ts';
import { resolveAws } from './aws/resolve.ts';
import type { RawStack } from './sections/root.ts';
import type {
  BackendSection,
  DatabaseSection,
  DraftStack,
  EdgeSection,
  Environment,
  ModuleSpec,
  OptionValue,
  RedisSection,
  SecretSpec,
  UploadsSection,
} from './stack-file.ts';

/**
 * Fills in every default and parses units. `folder` is the stack file's: paths in it start there.
 * Takes any part that is valid by itself, so that rules can judge a file that is wrong elsewhere.
 */
export function resolveStack(raw: RawStack, folder: string): DraftStack {
  const { target } = raw;
  const environment = raw.environment ?? (target === 'aws' ? 'production' : 'development');
  const database = resolveDatabase(raw, target, folder);
  const redis = resolveRedis(raw);
  const stack = {
    target,
    environment,
    images: { source: raw.images?.source ?? 'auto', registry: raw.images?.registry ?? undefined },
    backend: resolveBackend(raw.backend, folder),
    edge: resolveEdge(raw.edge, environment, target, folder),
    database,
    redis,
    uploads: resolveUploads(raw),
    secrets: resolveSecrets(raw.secrets, database, redis),
    cors: resolveCors(raw.cors, environment),
    modules: resolveModules(raw.modules, redis),
    plugins: (raw.plugins ?? []).map(moduleSpec),
    accept: Object.fromEntries((raw.accept ?? []).map(({ rule, reason }) => [rule, reason])),
  };
  return target === 'aws' && raw.aws ? { ...stack, aws: resolveAws(raw.aws, stack) } : stack;
}

type Raw<K extends keyof RawStack> = RawStack[K];
const MEDUSA = 'node_modules/.bin/medusa';

function resolveBackend(raw: Raw<'backend'>, folder: string): BackendSection {
  return {
    image: resolveImage(raw?.image, folder),
    command: words(raw?.command) ?? ['node', MEDUSA, 'start'],
    migrate: words(raw?.migrate) ?? ['node', MEDUSA, 'migrations', 'run'],
    seed: words(raw?.seed),
    shell: raw?.shell ?? true,
    replicas: raw?.replicas ?? 1,
    port: raw?.port ?? 9000,
    cpuMillis: parseCpuMillis(raw?.cpu ?? '500m') ?? 500,
    memoryBytes: bytes(raw?.memory, '1Gi'),
    stopGraceSeconds: seconds(raw?.stopGrace, '30s'),
    health: {
      path: raw?.health?.path ?? '/health',
      startSeconds: seconds(raw?.health?.start, '120s'),
    },
    expose: {
      database: raw?.expose?.database ?? undefined,
      redis: raw?.expose?.redis ?? undefined,
    },
    env: mapValues(raw?.env ?? {}, (value) => (typeof value === 'object' ? value : String(value))),
  };
}

function resolveImage(
  image: NonNullable<Raw<'backend'>>['image'],
  folder: string,
): BackendSection['image'] {
  if (typeof image === 'string') return { reference: image };
  return {
    build: resolvePath(folder, image?.build ?? '../backend'),
    dockerfile: image?.dockerfile ?? 'Dockerfile',
    args: mapValues(image?.args ?? {}, String),
  };
}

function resolveEdge(
  raw: Raw<'edge'>,
  environment: Environment,
  target: DraftStack['target'],
  folder: string,
): EdgeSection {
  const development = environment === 'development';
  const tls = raw?.tls ?? (development ? 'off' : 'auto');
  // The load balancer listens on the ports of the protocols.
  const usualPort =
    target === 'aws' && tls === 'off' ? 80 : development && target === 'docker' ? 9000 : 443;
  const port = raw?.port ?? usualPort;
  const usualHttpPort = tls !== 'off' && port === 443 ? 80 : undefined;
  const acme = raw?.acme;
  return {
    host: raw?.host?.toLowerCase() ?? 'localhost',
    port,
    tls,
    httpPort: raw?.httpPort === false ? undefined : (raw?.httpPort ?? usualHttpPort),
    acme: acme
      ? {
          email: acme.email ?? undefined,
          directory: acme.directory ?? undefined,
          ca: acme.ca ? resolvePath(folder, acme.ca) : undefined,
        }
      : undefined,
    trustForwarded: raw?.trustForwarded ?? false,
  };
}

function resolveDatabase(
  { database: raw }: RawStack,
  target: DraftStack['target'],
  folder: string,
): DatabaseSection {
  const logging = raw?.logging ?? false;
  const onDestroy = raw?.onDestroy ?? 'keep';
  if (raw?.type === 'sqlite') {
    return { type: 'sqlite', file: raw.file ?? './medusa-db.sql', logging, onDestroy };
  }
  const provisionedOnDocker = target === 'docker' && !raw?.external;
  return {
    type: 'postgres',
    version: raw?.version ?? undefined,
    name: raw?.name ?? 'medusa',
    schema: raw?.schema ?? 'medusa',
    extensionsSchema: raw?.extensionsSchema ?? 'extensions',
    storageBytes: bytes(raw?.storage, target === 'aws' ? '20Gi' : '10Gi'),
    pool: { min: raw?.pool?.min ?? 0, max: raw?.pool?.max ?? 10 },
    logging,
    extra: raw?.extra ?? {},
    ssl: raw?.ssl ?? (provisionedOnDocker ? 'off' : 'verify-full'),
    ca: raw?.ca ? resolvePath(folder, raw.ca) : undefined,
    external: raw?.external ?? undefined,
    onDestroy,
  };
}

function resolveRedis({ redis: raw }: RawStack): RedisSection | false {
  if (raw === false) return false;
  return {
    version: raw?.version ?? undefined,
    memoryBytes: bytes(raw?.memory, '256Mi'),
    persist: raw?.persist ?? true,
    external: raw?.external ?? undefined,
    onDestroy: raw?.onDestroy ?? 'keep',
  };
}

/** Tasks on aws keep no files, whatever the file says. */
function resolveUploads({ target, uploads: raw }: RawStack): UploadsSection | false {
  if (target === 'aws' || raw === false) return false;
  return { path: raw?.path ?? 'uploads', onDestroy: raw?.onDestroy ?? 'keep' };
}

/** The reserved secrets come first and are there as far as the stack needs them. */
function resolveSecrets(
  raw: Raw<'secrets'>,
  database: DatabaseSection,
  redis: RedisSection | false,
): Record<string, SecretSpec> {
  const declared = raw ?? {};
  const needed = ['jwt', 'cookie'];
  if (database.type === 'postgres' && !database.external) needed.push('database');
  if (redis && !redis.external) needed.push('redis');
  const secrets: Record<string, SecretSpec> = {};
  for (const name of [...needed, ...Object.keys(declared)]) {
    const spec = declared[name] ?? {};
    const age = {
      since: spec.since ?? undefined,
      maxAgeSeconds: spec.maxAge ? parseDurationSeconds(spec.maxAge) : undefined,
    };
    const from = resolveSource(spec.from);
    secrets[name] = from
      ? { from, ...age }
      : {
          from: 'generated',
          length: spec.length ?? 64,
          alphabet: spec.alphabet ?? 'alphanumeric',
          version: spec.version ?? 1,
          keep: spec.keep ?? (name === 'jwt' || name === 'cookie' ? 1 : 0),
          ...age,
        };
  }
  return secrets;
}

type RawSource = NonNullable<Raw<'secrets'>>[string]['from'];

function resolveSource(from: RawSource): Exclude<SecretSpec['from'], 'generated'> | undefined {
  if (from === 'config') return 'config';
  if (from?.env) return { env: from.env };
  if (from?.command) return { command: from.command.map(String) };
  return undefined;
}

function resolveCors(raw: Raw<'cors'>, environment: Environment): DraftStack['cors'] {
  const development = environment === 'development';
  return {
    admin: raw?.admin ?? (development ? ['http://localhost:7000', 'http://localhost:7001'] : []),
    store: raw?.store ?? (development ? ['http://localhost:8000'] : []),
  };
}

/** What Medusa needs and what the stack chose, in a stable order: defaults first. */
function resolveModules(
  raw: Raw<'modules'>,
  redis: RedisSection | false,
): Record<string, ModuleSpec> {
  const modules: Record<string, ModuleSpec> = {
    cacheService: { resolve: redis ? '@medusajs/cache-redis' : '@medusajs/cache-inmemory' },
    eventBus: { resolve: redis ? '@medusajs/event-bus-redis' : '@medusajs/event-bus-local' },
  };
  for (const [name, module] of Object.entries(raw ?? {})) {
    if (module === null) delete modules[name];
    else modules[name] = moduleSpec(module);
  }
  return modules;
}

type RawModule = NonNullable<Raw<'plugins'>>[number];

function moduleSpec(raw: RawModule): ModuleSpec {
  if (typeof raw === 'string') return { resolve: raw };
  return raw.options
    ? { resolve: raw.resolve, options: raw.options as Record<string, OptionValue> }
    : { resolve: raw.resolve };
}

function words(list: readonly (string | number | boolean)[] | null | undefined) {
  return list?.map(String);
}

function seconds(text: string | null | undefined, fallback: string): number {
  return parseDurationSeconds(text ?? fallback) ?? 0;
}

function bytes(text: string | null | undefined, fallback: string): number {
  return parseSizeBytes(text ?? fallback) ?? 0;
}

function mapValues<T, R>(
  map: Readonly<Record<string, T>>,
  change: (value: T) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
