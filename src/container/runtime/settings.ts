import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import type { DerivedName } from '../environment.ts';
import { parseCorsList } from './cors.ts';
import { isReadable, parseDatabaseUrl, parseSchemaName } from './database.ts';
import { json, text, Wrong } from './field.ts';
import { modulesShape, pluginsShape } from './modules.ts';
import type { DatabaseLogLevel } from './types.ts';

/** Characters that a JWT or cookie secret has at least, outside development. */
const SHORTEST_SECRET = 32;
const LOG_LEVELS: readonly string[] = ['query', 'schema', 'error', 'warn', 'info', 'log'];

const flag = z.boolean({ error: 'must be true or false' });
const sessionShape = z.strictObject(
  {
    name: z.optional(z.string({ error: 'must be a text' })),
    resave: z.optional(flag),
    rolling: z.optional(flag),
    saveUninitialized: z.optional(flag),
    ttl: z.optional(
      z
        .int({ error: 'must be a number of milliseconds' })
        .check(z.positive({ error: 'must be more than 0 milliseconds' })),
    ),
  },
  { error: 'must be a map of name, resave, rolling, saveUninitialized, ttl (never secret)' },
);

const extraShape = z.record(z.string(), z.unknown(), { error: 'must be a map of driver options' });

/**
 * The zod schema of every variable that the runtime reads, by name. `strict` outside development:
 * what has a default there must be set.
 */
export function settingsSchemas(kind: { readonly strict: boolean; readonly sqlite: boolean }) {
  const secret = text((value) => parseSecret(value, kind.strict));
  const secrets = z.optional(text((value) => parseSecrets(value, kind.strict)));
  const databaseUrl = text(parseDatabaseUrl);
  const redisUrl = text(parseRedisUrl);
  return {
    NODE_ENV: z.optional(text(parseNodeEnv)),
    PORT: z.optional(text(parsePort)),
    HOME: z.optional(text(parseWritableFolder)),
    DATABASE_TYPE: z.optional(text(parseDatabaseType)),
    DATABASE_URL: kind.sqlite ? z.optional(z.string()) : databaseUrl,
    DATABASE_DATABASE: z.optional(z.string()),
    DATABASE_SCHEMA: z.optional(text(parseSchemaName)),
    DATABASE_EXTRA: z.optional(json(extraShape)),
    DATABASE_LOGGING: z.optional(text(parseLogging)),
    REDIS_URL: kind.strict ? redisUrl : z.optional(redisUrl),
    REDIS_PREFIX: z.optional(text(parsePrefix)),
    JWT_SECRET: kind.strict ? secret : z.optional(secret),
    JWT_SECRET_PREVIOUS: secrets,
    JWT_SECRET_PREVIOUS_UNTIL: z.optional(text(parseTime)),
    COOKIE_SECRET: kind.strict ? secret : z.optional(secret),
    COOKIE_SECRET_PREVIOUS: secrets,
    SESSION_OPTIONS: z.optional(json(sessionShape)),
    STORE_CORS: z.optional(text(parseCorsList)),
    ADMIN_CORS: z.optional(text(parseCorsList)),
    NODE_EXTRA_CA_CERTS: z.optional(text(parseReadableFile)),
    MEDUSA_BACKEND_URL: z.optional(text(parseBackendUrl)),
    MEDUSA_PLUGINS: z.optional(json(pluginsShape)),
    MEDUSA_MODULES: z.optional(json(modulesShape)),
  } satisfies Record<DerivedName, z.ZodMiniType>;
}

type Schemas = ReturnType<typeof settingsSchemas>;

/** What could be read; a variable that is not set, missing or malformed is not there. */
export type Settings = { readonly [Name in keyof Schemas]?: z.output<Schemas[Name]> };

/** Whether Medusa runs for real users: everything but development and test, and not a typo of them. */
export function isStrict(nodeEnv: string | undefined): boolean {
  return nodeEnv !== undefined && nodeEnv !== 'development' && nodeEnv !== 'test';
}

function parseNodeEnv(value: string): string | Wrong {
  if (['development', 'test', 'staging', 'production'].includes(value)) return value;
  return new Wrong('must be development, test, staging or production');
}

function parsePort(value: string): number | Wrong {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return port >= 1 && port <= 65535 ? port : new Wrong('must be a port, 1 to 65535');
}

/** Medusa's command stores its settings under HOME and fails late where it cannot. */
function parseWritableFolder(value: string): string | Wrong {
  let folder = value;
  for (;;) {
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      return value;
    } catch (error) {
      const parent = dirname(folder);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) {
        return new Wrong('names a folder that is not writable; Medusa keeps its settings there');
      }
      folder = parent;
    }
  }
}

function parseReadableFile(value: string): string | Wrong {
  return isReadable(value) ? value : new Wrong('names a file that cannot be read');
}

function parseDatabaseType(value: string): 'postgres' | 'sqlite' | Wrong {
  if (value === 'postgres' || value === 'sqlite') return value;
  return new Wrong('must be postgres or sqlite');
}

/** TypeORM takes the text "true" for no logging at all: it must become a boolean or a list. */
function parseLogging(value: string): boolean | 'all' | DatabaseLogLevel[] | Wrong {
  const trimmed = value.trim();
  if (trimmed === 'true') return true;
  if (trimmed === 'false') return false;
  if (trimmed === 'all') return 'all';
  const levels = trimmed.replace(/^\[|\]$/g, '').split(',');
  const names = levels.map((level) => level.trim().replace(/^"(.*)"$/, '$1'));
  if (names.every((name) => LOG_LEVELS.includes(name))) return names as DatabaseLogLevel[];
  return new Wrong(`must be true, false, all, or a list of ${LOG_LEVELS.join(', ')}`);
}

function parseRedisUrl(value: string): string | Wrong {
  const form = new Wrong('not a URL such as redis://user:password@host:6379/0 (or rediss://)');
  let url: URL;
  try {
    url = new URL(value);
    decodeURIComponent(url.username);
    decodeURIComponent(url.password);
  } catch {
    return form;
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return form;
  if (!url.hostname || url.hash) return form;
  if (!/^\/?\d*$/.test(url.pathname)) return new Wrong('names a database that is not a number');
  return value;
}

/** The address without a trailing slash: paths are appended to it as they are. */
function parseBackendUrl(value: string): string | Wrong {
  return /^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(value)
    ? value.replace(/\/+$/, '')
    : new Wrong('not an address such as https://shop.example.com');
}

function parsePrefix(value: string): string | Wrong {
  return /^[\w.:{}-]{1,100}$/.test(value)
    ? value
    : new Wrong('must be letters, digits and . : _ - { }, at most 100 of them');
}

/** In milliseconds since 1970. */
function parseTime(value: string): number | Wrong {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? new Wrong('not a time such as 2026-01-31T00:00:00Z') : time;
}

function parseSecret(value: string, strict: boolean): string | Wrong {
  if (value.trim() === '') return new Wrong('empty');
  if (!strict) return value;
  if (value === 'supersecret') return new Wrong('the well-known "supersecret"; use a random one');
  if (value.length < SHORTEST_SECRET) {
    return new Wrong(`shorter than ${SHORTEST_SECRET} characters`);
  }
  return value;
}

/** Secrets that were current before, newest first: a JSON list, or separated by commas. */
function parseSecrets(value: string, strict: boolean): string[] | Wrong {
  let list: unknown = value.split(',');
  if (value.startsWith('[')) {
    try {
      list = JSON.parse(value);
    } catch {
      return new Wrong('not JSON');
    }
  }
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string' && item !== '')) {
    return new Wrong('must be a list of secrets');
  }
  if (strict && list.includes('supersecret'))
    return new Wrong('holds the well-known "supersecret"');
  return list as string[];
}
