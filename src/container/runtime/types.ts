/** What `medusa-config.js` exports: Medusa v1's own form, as far as this project sets it. */
export interface MedusaConfig {
  projectConfig: ProjectConfig;
  plugins: PluginConfig[];
  modules: Record<string, ModuleConfig>;
  /** Medusa's feature flags; never set by the environment. */
  featureFlags?: Record<string, boolean | string>;
}

export interface ProjectConfig {
  /** Read by Medusa up to 1.11; later releases know PostgreSQL only. */
  database_type: 'postgres' | 'sqlite';
  /** Only with postgres; its search_path begins with `database_schema`. */
  database_url?: string;
  /** Only with sqlite: the database's file. */
  database_database?: string;
  /** The schema that TypeORM names in its SQL. @default Medusa's own, "public" */
  database_schema?: string;
  /** Options of TypeORM's pool (node-postgres), such as `ssl` and `max`. */
  database_extra?: Record<string, unknown>;
  /** The same for Medusa's second pool (knex), kept equal to `database_extra`. */
  database_driver_options?: Record<string, unknown>;
  database_logging: boolean | 'all' | DatabaseLogLevel[];
  redis_url?: string;
  redis_prefix?: string;
  redis_options?: Record<string, unknown>;
  jwt_secret: string;
  /** A list: the first one signs, all verify. */
  cookie_secret: string | string[];
  session_options: SessionOptions;
  /** Origins and patterns, separated by commas. */
  store_cors: string;
  admin_cors: string;
  /** Any other option of Medusa's that an extension sets. */
  [option: string]: unknown;
}

export type DatabaseLogLevel = 'query' | 'schema' | 'error' | 'warn' | 'info' | 'log';

export interface SessionOptions {
  /** The cookie's name. @default Medusa's own, "connect.sid" */
  name?: string;
  /** Whether an unchanged session is stored again at each request. @default false */
  resave?: boolean;
  rolling?: boolean;
  /** Whether a request without a session (a health probe, say) makes one. @default false */
  saveUninitialized?: boolean;
  /** Milliseconds that a session lives. @default Medusa's own, ten hours */
  ttl?: number;
}

export type PluginConfig = string | { resolve: string; options: Record<string, unknown> };

export type ModuleConfig =
  | boolean
  | string
  | {
      resolve?: string;
      options?: Record<string, unknown>;
      [declaration: string]: unknown;
    };

/** One variable that is missing or malformed. */
export interface ConfigurationProblem {
  /** Its name, with the place inside of it where it holds JSON: `MEDUSA_PLUGINS[1].resolve`. */
  readonly variable: string;
  /** What is wrong and what is allowed; never the value. */
  readonly message: string;
}
