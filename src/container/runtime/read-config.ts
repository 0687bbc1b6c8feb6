import { withSearchPath } from './database.ts';
import { acceptTokensOf, earlierSecrets, librariesOf } from './earlier-tokens.ts';
import { projectFolders } from './jwt-libraries.ts';
import { connectRedisModules, resolveOptions, withOptions, withServedFiles } from './modules.ts';
import { readSettings, refuseAny } from './read-settings.ts';
import { isStrict, type Settings } from './settings.ts';
import type { ConfigurationProblem, MedusaConfig, ModuleConfig } from './types.ts';
import { type Environment, readVariables } from './variables.ts';

/** Medusa's documented defaults, for development only. */
const DEVELOPMENT = {
  secret: 'supersecret',
  storeCors: 'http://localhost:8000',
  adminCors: 'http://localhost:7000,http://localhost:7001',
  sqliteFile: './medusa-db.sql',
} as const;

/**
 * The whole configuration, or a ConfigurationError with every problem. Prints nothing. Where earlier
 * token secrets are kept, Medusa's verifiers accept them from then on.
 *
 * @param folders where Medusa is looked for. @default the working folder, then this file's
 * @see defineMedusaConfig
 */
export function readMedusaConfig(
  env: Environment,
  extend: (config: MedusaConfig) => MedusaConfig,
  folders: readonly string[] = projectFolders(),
): MedusaConfig {
  const variables = readVariables(env);
  const problems: ConfigurationProblem[] = [];
  const settings = readSettings(variables, problems);
  const plugins = withOptions(settings.MEDUSA_PLUGINS ?? []);
  const modules: Record<string, ModuleConfig> = settings.MEDUSA_MODULES ?? {};
  const read: MedusaConfig = {
    projectConfig: projectConfigOf(settings, problems),
    plugins: resolveOptions(plugins, 'plugins', variables, problems),
    modules: resolveOptions(modules, 'modules', variables, problems),
  };
  // For their problems alone, so that they come with all the others.
  connectRedisModules(read, problems);
  const earlier = earlierSecrets(settings);
  librariesOf(earlier, folders, read.plugins, problems);
  refuseAny(variables, problems);

  const config = extend(read);
  if (typeof config?.projectConfig !== 'object' || config.projectConfig === null) {
    throw new TypeError(
      'defineMedusaConfig: the function that extends the configuration must return it',
    );
  }
  const complete = {
    ...config,
    plugins: withServedFiles(withOptions(config.plugins ?? []), settings.MEDUSA_BACKEND_URL),
    modules: connectRedisModules({ ...config, modules: config.modules ?? {} }, problems),
  };
  const libraries = librariesOf(earlier, folders, complete.plugins, problems);
  refuseAny(variables, problems);
  acceptTokensOf(earlier, complete.projectConfig.jwt_secret, libraries);
  return complete;
}

function projectConfigOf(
  settings: Settings,
  problems: ConfigurationProblem[],
): MedusaConfig['projectConfig'] {
  const strict = isStrict(settings.NODE_ENV);
  const jwt = settings.JWT_SECRET ?? DEVELOPMENT.secret;
  const cookie = settings.COOKIE_SECRET ?? DEVELOPMENT.secret;
  const previous = settings.COOKIE_SECRET_PREVIOUS ?? [];
  return {
    ...databaseOf(settings, problems),
    database_logging: settings.DATABASE_LOGGING ?? false,
    ...(settings.REDIS_URL ? { redis_url: settings.REDIS_URL } : {}),
    ...(settings.REDIS_PREFIX ? { redis_prefix: settings.REDIS_PREFIX } : {}),
    // Always there: an undefined jwt_secret stops the start, an undefined cookie_secret each request.
    jwt_secret: jwt,
    cookie_secret: previous.length > 0 ? [cookie, ...previous] : cookie,
    session_options: { resave: false, saveUninitialized: false, ...settings.SESSION_OPTIONS },
    store_cors: settings.STORE_CORS ?? (strict ? '' : DEVELOPMENT.storeCors),
    admin_cors: settings.ADMIN_CORS ?? (strict ? '' : DEVELOPMENT.adminCors),
  };
}

type DatabaseConfig = Pick<
  MedusaConfig['projectConfig'],
  | 'database_type'
  | 'database_url'
  | 'database_database'
  | 'database_schema'
  | 'database_extra'
  | 'database_driver_options'
>;

function databaseOf(settings: Settings, problems: ConfigurationProblem[]): DatabaseConfig {
  if (settings.DATABASE_TYPE === 'sqlite' || typeof settings.DATABASE_URL !== 'object') {
    const database_database = settings.DATABASE_DATABASE ?? DEVELOPMENT.sqliteFile;
    return { database_type: 'sqlite', database_database };
  }
  const { url, schema: pathSchema, tls } = settings.DATABASE_URL;
  const schema = settings.DATABASE_SCHEMA ?? pathSchema;
  if (schema !== undefined && pathSchema !== undefined && schema !== pathSchema) {
    const message =
      'is not the first schema of the search_path in DATABASE_URL; Medusa would split its tables between the two';
    problems.push({ variable: 'DATABASE_SCHEMA', message });
  }
  const extra = settings.DATABASE_EXTRA;
  if (tls && extra?.['ssl'] !== undefined) {
    const message = 'DATABASE_URL has TLS parameters, which override it; keep one of the two';
    problems.push({ variable: 'DATABASE_EXTRA.ssl', message });
  }
  // Migrations follow the search_path, TypeORM names the schema: only both together are right.
  const needsPath = schema !== undefined && pathSchema === undefined && schema !== 'public';
  return {
    database_type: 'postgres',
    database_url: needsPath ? withSearchPath(url, schema) : url,
    ...(schema === undefined ? {} : { database_schema: schema }),
    ...(extra ? { database_extra: extra, database_driver_options: driverOptions(extra) } : {}),
  };
}

/** Medusa's second pool (knex) with the TLS and the size of the first (TypeORM). */
function driverOptions(extra: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { ssl, max, idleTimeoutMillis } = extra;
  const pool = {
    ...(max === undefined ? {} : { max }),
    ...(idleTimeoutMillis === undefined ? {} : { idleTimeoutMillis }),
  };
  return {
    ...(ssl === undefined ? {} : { connection: { ssl } }),
    ...(Object.keys(pool).length > 0 ? { pool } : {}),
  };
}
