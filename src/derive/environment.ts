import { type DerivedName, ENVIRONMENT_TABLE, NO_ORIGIN } from '../container/environment.ts';
import type { ModuleSpec, PluginSpec, StackFile } from '../stack/stack-file.ts';
import type { ManagedPostgresPlan } from './aws/database.ts';
import type { ManagedRedisPlan } from './aws/redis.ts';
import type { DockerDatabasePlan } from './docker/database.ts';
import type { RedisPlan } from './docker/redis.ts';
import type { DatabaseDerivation } from './external-database.ts';
import type { ExternalRedisPlan } from './external-redis.ts';
import type { PlannedSecret } from './secrets.ts';
import type { Template } from './template-parts.ts';
import { redisUrl } from './url.ts';

export interface EnvironmentEntry {
  readonly name: string;
  readonly value: Template;
  /** Whether the value holds a secret: it then reaches the container as a file. */
  readonly secret: boolean;
  /** Path in the stack file from which the value comes, such as `database.schema`. */
  readonly source: string;
}

/** A folder that images have: the engine remounts a tmpfs on one that they lack as root's, 0755, at a restart. */
export const HOME = '/tmp';

type AnyRedis = RedisPlan | ManagedRedisPlan | ExternalRedisPlan;

export interface EnvironmentContext {
  readonly stack: StackFile;
  readonly prefix: string;
  readonly nodeEnv: 'development' | 'production';
  readonly publicUrl: string;
  readonly database: DatabaseDerivation<DockerDatabasePlan | ManagedPostgresPlan>;
  readonly redis: AnyRedis | undefined;
  readonly secrets: readonly PlannedSecret[];
  readonly modules: Readonly<Record<string, ModuleSpec>>;
  readonly plugins: readonly PluginSpec[];
}

/** Every variable of the backend, sorted by name: the kit's own and those of `backend.env`. */
export function deriveEnvironment(context: EnvironmentContext): readonly EnvironmentEntry[] {
  const values = derivedValues(context);
  const derived = ENVIRONMENT_TABLE.flatMap(({ name, secret, source }): EnvironmentEntry[] => {
    const value = values[name];
    return value === undefined ? [] : [{ name, value: toTemplate(value), secret, source }];
  });
  const extra = Object.entries(context.stack.backend.env).map(
    ([name, value]): EnvironmentEntry => ({
      name,
      value: typeof value === 'string' ? [value] : [{ secret: value.secret }],
      secret: typeof value !== 'string',
      source: `backend.env.${name}`,
    }),
  );
  return [...derived, ...extra].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Values = Readonly<Partial<Record<DerivedName, string | Template>>>;

function derivedValues(context: EnvironmentContext): Values {
  const { stack, prefix } = context;
  return {
    NODE_ENV: context.nodeEnv,
    PORT: String(stack.backend.port),
    HOME,
    ...databaseValues(context),
    ...redisValues(context.redis, prefix),
    JWT_SECRET: [{ secret: 'jwt' }],
    JWT_SECRET_PREVIOUS: previousVersions(context.secrets, 'jwt'),
    JWT_SECRET_PREVIOUS_UNTIL: previousUntil(context),
    COOKIE_SECRET: [{ secret: 'cookie' }],
    COOKIE_SECRET_PREVIOUS: previousVersions(context.secrets, 'cookie'),
    SESSION_OPTIONS: JSON.stringify({ resave: false, saveUninitialized: false }),
    ADMIN_CORS: stack.cors.admin.join(',') || NO_ORIGIN,
    STORE_CORS: stack.cors.store.join(',') || NO_ORIGIN,
    MEDUSA_BACKEND_URL: context.publicUrl,
    MEDUSA_MODULES: JSON.stringify(context.modules),
    MEDUSA_PLUGINS: JSON.stringify(context.plugins),
  };
}

function databaseValues({ stack: { database }, database: derived }: EnvironmentContext): Values {
  const logging = database.logging;
  const common = {
    DATABASE_TYPE: database.type,
    DATABASE_LOGGING: typeof logging === 'object' ? logging.join(',') || 'false' : String(logging),
  };
  if (database.type === 'sqlite') return { ...common, DATABASE_DATABASE: derived.sqliteFile };
  return {
    ...common,
    DATABASE_URL: derived.url,
    DATABASE_SCHEMA: database.schema,
    DATABASE_EXTRA: JSON.stringify({ ...database.pool, ...database.extra }),
    NODE_EXTRA_CA_CERTS: derived.caPath,
  };
}

function redisValues(redis: AnyRedis | undefined, prefix: string): Values {
  if (!redis) return {};
  return { REDIS_PREFIX: `${prefix}:`, REDIS_URL: redisTemplate(redis) };
}

function redisTemplate(redis: AnyRedis): Template {
  if (redis.kind === 'external-redis') return [{ secret: redis.secret }];
  const common = { passwordSecret: 'redis', port: redis.port, database: 0 };
  if (redis.kind === 'managed-redis') {
    return redisUrl({ ...common, host: { output: 'redisHost' }, tls: true });
  }
  // The newest account: the others are those of earlier releases.
  const user = redis.users.accounts[0]?.name ?? '';
  return redisUrl({ ...common, user, host: redis.host });
}

/** Milliseconds from the beginning of `since` in which replicas of the release before may still sign. */
const SIGNING_ENDS = 2 * 86_400_000;

/** When the earlier versions of the token secret have surely ceased to sign: the file says the day, in UTC. */
function previousUntil({ stack, secrets }: EnvironmentContext): string | undefined {
  const since = stack.secrets['jwt']?.since;
  if (since === undefined || !previousVersions(secrets, 'jwt')) return undefined;
  return new Date(Date.parse(since) + SIGNING_ENDS).toISOString();
}

function previousVersions(secrets: readonly PlannedSecret[], name: string): Template | undefined {
  const secret = secrets.find((candidate) => candidate.name === name);
  if (secret?.from !== 'generated' || secret.versions.length < 2) return undefined;
  const items = secret.versions
    .slice(1)
    .flatMap(
      (version, index): Template => [
        index === 0 ? '["' : '","',
        { secret: name, version, encode: 'json' },
      ],
    );
  return [...items, '"]'];
}

function toTemplate(value: string | Template): Template {
  return typeof value === 'string' ? [value] : value;
}
