/**
 * The environment contract: every variable that the kit derives and the backend reads, in one table.
 * The derivation fills it, the runtime parses it and the documentation is made from it. Plain data
 * without an import, because the runtime carries it into every backend.
 */
export interface EnvironmentVariable {
  readonly name: string;
  /** How the value is written. @see EnvironmentFormat */
  readonly format: EnvironmentFormat;
  /** Secret values reach the container as files and never stand in its declared environment. */
  readonly secret: boolean;
  /** Path in the stack file that the value comes from. */
  readonly source: string;
  /** When the backend receives it. */
  readonly present: string;
  readonly doc: string;
  readonly example: string;
}

/**
 * - `text`: as it is. `integer`: decimal digits. `path`: absolute path in the container. `url`: a URL.
 * - `json`: one JSON value. `time`: ISO 8601, UTC. `origins`: CORS entries joined by commas, without spaces.
 * - `logging`: `true`, `false`, `all`, or a comma-separated list of TypeORM's logging types.
 */
export type EnvironmentFormat =
  | 'text'
  | 'integer'
  | 'path'
  | 'url'
  | 'json'
  | 'time'
  | 'origins'
  | 'logging';

/** Folder in the container that holds one file a secret variable, named like the variable. */
export const SECRETS_FOLDER = '/run/secrets';

/** Where an image has no shell, `<NAME>_FILE` holds the path of the file with the value of `<NAME>`. */
export const FILE_SUFFIX = '_FILE';

/**
 * A CORS list that allows nobody: a host that never exists (RFC 2606). An empty text would be no answer for
 * `process.env.STORE_CORS || 'http://localhost:8000'`, as most configurations have it.
 */
export const NO_ORIGIN = 'https://none.invalid';

/** Sorted by name. */
export const ENVIRONMENT_TABLE = [
  {
    name: 'ADMIN_CORS',
    format: 'origins',
    secret: false,
    source: 'cors.admin',
    present: `always; ${NO_ORIGIN} where none is allowed`,
    doc: `Origins that may use the admin API. Medusa's own default in development, none otherwise. ${NO_ORIGIN} matches no origin; an empty text would let a configuration take its fallback, such as http://localhost:7001.`,
    example: 'https://admin.example.com,/^https:\\/\\/preview-\\d+\\.example\\.com$/',
  },
  {
    name: 'COOKIE_SECRET',
    format: 'text',
    secret: true,
    source: 'secrets.cookie',
    present: 'always',
    doc: 'Signs session cookies.',
    example: '(64 letters and digits)',
  },
  {
    name: 'COOKIE_SECRET_PREVIOUS',
    format: 'json',
    secret: true,
    source: 'secrets.cookie.keep',
    present: 'while earlier versions are kept',
    doc: "JSON list of earlier cookie secrets, newest first; they verify session cookies, but sign none. A medusa-config.js that is written by hand puts them behind COOKIE_SECRET in Medusa's cookie_secret, a list.",
    example: '["(64 letters and digits)"]',
  },
  {
    name: 'DATABASE_DATABASE',
    format: 'path',
    secret: false,
    source: 'database.file',
    present: 'with database.type sqlite',
    doc: "The SQLite file (Medusa's database_database), in a folder that is a volume.",
    example: '/var/lib/medusa/medusa-db.sql',
  },
  {
    name: 'DATABASE_EXTRA',
    format: 'json',
    secret: false,
    source: 'database.extra',
    present: 'with database.type postgres',
    doc: "Driver options (Medusa's database_extra): database.pool and database.extra together. TLS is not in it but in DATABASE_URL, because an ssl object here reaches only one of Medusa's two pools.",
    example: '{"min":0,"max":10}',
  },
  {
    name: 'DATABASE_LOGGING',
    format: 'logging',
    secret: false,
    source: 'database.logging',
    present: 'always',
    doc: 'What the database driver logs (Medusa\'s database_logging). Text: parse it, a string "true" given to Medusa does nothing.',
    example: 'error,schema',
  },
  {
    name: 'DATABASE_SCHEMA',
    format: 'text',
    secret: false,
    source: 'database.schema',
    present: 'with database.type postgres',
    doc: "Schema that holds Medusa's tables (Medusa's database_schema); the same one leads the search_path in DATABASE_URL. Medusa needs both.",
    example: 'shop',
  },
  {
    name: 'DATABASE_TYPE',
    format: 'text',
    secret: false,
    source: 'database.type',
    present: 'always',
    doc: "postgres or sqlite (Medusa's database_type; read by releases before 1.12).",
    example: 'postgres',
  },
  {
    name: 'DATABASE_URL',
    format: 'url',
    secret: true,
    source: 'database',
    present: 'with database.type postgres',
    doc: 'Connection URL with user, password, search_path and TLS mode. Its sslmode decides alone, `disable` for a server without TLS too: it overrides an ssl object in the database_extra of a hand-written medusa-config.js.',
    example:
      'postgres://medusa_a:(password)@database:5432/medusa?options=-c%20search_path%3Dshop%2Cextensions&sslmode=disable',
  },
  {
    name: 'HOME',
    format: 'path',
    secret: false,
    source: 'backend',
    present: 'always',
    doc: "A writable folder in memory; Medusa's command keeps its settings there.",
    example: '/tmp',
  },
  {
    name: 'JWT_SECRET',
    format: 'text',
    secret: true,
    source: 'secrets.jwt',
    present: 'always',
    doc: 'Signs tokens of the admin and store APIs, invites and claims of orders.',
    example: '(64 letters and digits)',
  },
  {
    name: 'JWT_SECRET_PREVIOUS',
    format: 'json',
    secret: true,
    source: 'secrets.jwt.keep',
    present: 'while earlier versions are kept',
    doc: 'JSON list of earlier token secrets, newest first; they verify bearer tokens, invites and claims of orders, but sign none. Medusa itself verifies with one secret: the runtime makes it accept these too, in a medusa-config.js that is written by hand through acceptEarlierTokens().',
    example: '["(64 letters and digits)"]',
  },
  {
    name: 'JWT_SECRET_PREVIOUS_UNTIL',
    format: 'time',
    secret: false,
    source: 'secrets.jwt.since',
    present: 'while earlier versions are kept, if the stack file has secrets.jwt.since',
    doc: "The end of the day after `since`, UTC: earlier token secrets verify only what was issued before it, and that no longer than Medusa's tokens live (24 hours in the admin API, 30 days otherwise).",
    example: '2026-02-02T00:00:00Z',
  },
  {
    name: 'MEDUSA_BACKEND_URL',
    format: 'url',
    secret: false,
    source: 'edge.host',
    present: 'always',
    doc: 'Address at which the world reaches this backend, without a trailing slash. Links to uploaded files begin with it.',
    example: 'https://shop.example.com',
  },
  {
    name: 'MEDUSA_MODULES',
    format: 'json',
    secret: false,
    source: 'modules',
    present: 'always',
    doc: 'Medusa\'s modules: a map of name to { resolve, options }. In options, { "env": NAME } stands for that variable\'s value, so no secret is in it.',
    example:
      '{"cacheService":{"resolve":"@medusajs/cache-redis","options":{"ttl":30,"redisUrl":{"env":"REDIS_URL"}}}}',
  },
  {
    name: 'MEDUSA_PLUGINS',
    format: 'json',
    secret: false,
    source: 'plugins',
    present: 'always',
    doc: 'Medusa\'s plugins: a list of { resolve, options }. In options, { "env": NAME } stands for that variable\'s value.',
    example: '[{"resolve":"medusa-payment-stripe","options":{"api_key":{"env":"STRIPE_API_KEY"}}}]',
  },
  {
    name: 'NODE_ENV',
    format: 'text',
    secret: false,
    source: 'environment',
    present: 'always',
    doc: 'development for a development stack, production for staging and production.',
    example: 'production',
  },
  {
    name: 'NODE_EXTRA_CA_CERTS',
    format: 'path',
    secret: false,
    source: 'database.ca',
    present: 'with database.ca, and with the server that AWS runs',
    doc: 'PEM file with the CA that Node trusts in addition to its own.',
    example: '/etc/medusa-infra/database-ca.pem',
  },
  {
    name: 'PORT',
    format: 'integer',
    secret: false,
    source: 'backend.port',
    present: 'always',
    doc: 'Port that the backend listens on inside the private network.',
    example: '9000',
  },
  {
    name: 'REDIS_PREFIX',
    format: 'text',
    secret: false,
    source: 'redis',
    present: 'with Redis',
    doc: "Begins every key that Medusa's core writes (Medusa's redis_prefix), sessions among them, so that stores can share a server.",
    example: 'acme-prod:',
  },
  {
    name: 'REDIS_URL',
    format: 'url',
    secret: true,
    source: 'redis',
    present: 'with Redis',
    doc: 'Connection URL with user, password and database number.',
    example: 'redis://medusa_v1:(password)@redis:6379/0',
  },
  {
    name: 'SESSION_OPTIONS',
    format: 'json',
    secret: false,
    source: 'environment',
    present: 'always',
    doc: "Medusa's session_options. Without saveUninitialized: false every request without a cookie, a health probe too, leaves a session behind.",
    example: '{"resave":false,"saveUninitialized":false}',
  },
  {
    name: 'STORE_CORS',
    format: 'origins',
    secret: false,
    source: 'cors.store',
    present: `always; ${NO_ORIGIN} where none is allowed`,
    doc: `Origins that may use the store API. Medusa's own default in development, none otherwise. ${NO_ORIGIN} matches no origin; an empty text would let a configuration take its fallback, such as http://localhost:8000.`,
    example: 'https://shop.example.com',
  },
] as const satisfies readonly EnvironmentVariable[];

/** Name of a variable that the kit derives. */
export type DerivedName = (typeof ENVIRONMENT_TABLE)[number]['name'];
