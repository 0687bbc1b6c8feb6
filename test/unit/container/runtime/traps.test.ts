import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENT_TABLE } from '../../../../src/container/environment.ts';
import { settingsSchemas } from '../../../../src/container/runtime/settings.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import {
  COOKIE,
  configOf,
  development,
  problemsOf,
  production,
  projectConfig,
} from '../../../support/unit/runtime-settings.ts';

const shopPath = 'options=-c%20search_path%3Dshop%2Cextensions';

describe('traps of Medusa v1 that the runtime takes away', () => {
  test('reads every variable of the environment contract', () => {
    const read = Object.keys(settingsSchemas({ strict: true, sqlite: false }));
    expect(read.sort()).toEqual(ENVIRONMENT_TABLE.map(({ name }) => name).sort());
  });

  test('schema: the search_path alone also sets database_schema', () => {
    const { DATABASE_SCHEMA: _, ...env } = production();
    expect(projectConfig(env).database_schema).toBe('shop');
  });

  test('schema: DATABASE_SCHEMA alone also sets the search_path', () => {
    const config = projectConfig(
      production({ DATABASE_URL: 'postgres://u:p@database/medusa', DATABASE_SCHEMA: 'shop' }),
    );
    expect(config.database_url).toBe(`postgres://u:p@database/medusa?${shopPath}`);
    expect(config.database_schema).toBe('shop');
  });

  test('schema: two different ones are refused, not split', () => {
    expect(problemsOf(production({ DATABASE_SCHEMA: 'other' }))).toEqual([
      'DATABASE_SCHEMA: is not the first schema of the search_path in DATABASE_URL; Medusa would split its tables between the two',
    ]);
  });

  test('schema: public needs no search_path', () => {
    const env = production({ DATABASE_URL: 'postgres://u:p@h/medusa', DATABASE_SCHEMA: 'public' });
    expect(projectConfig(env).database_url).toBe('postgres://u:p@h/medusa');
  });

  test('schema: ?schema= is ignored by PostgreSQL, so it is refused', () => {
    expect(problemsOf(production({ DATABASE_URL: 'postgres://u:p@h/medusa?schema=shop' }))).toEqual(
      [
        'DATABASE_URL: has a parameter "schema", which PostgreSQL ignores; set DATABASE_SCHEMA instead',
      ],
    );
  });

  test('database URL: an unencoded slash in a parameter would be the database name for MikroORM', () => {
    const file = join(temporaryFolder(), 'ca.pem');
    writeFileSync(file, '');
    const url = `postgres://u:p@h/medusa?sslmode=verify-full&sslrootcert=${file}&${shopPath}`;
    expect(projectConfig(production({ DATABASE_URL: url })).database_url).toBe(
      `postgres://u:p@h/medusa?sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}&${shopPath}`,
    );
  });

  test('TLS: an ssl object reaches both pools', () => {
    const ssl = { rejectUnauthorized: true, ca: 'PEM' };
    const config = projectConfig(production({ DATABASE_EXTRA: JSON.stringify({ ssl }) }));
    expect(config.database_extra).toEqual({ ssl });
    expect(config.database_driver_options).toEqual({ connection: { ssl } });
  });

  test('TLS: parameters of the URL override the object, so both at once are refused', () => {
    expect(
      problemsOf(
        production({
          DATABASE_URL: `postgres://u:p@h/medusa?sslmode=require&${shopPath}`,
          DATABASE_EXTRA: '{"ssl":{"rejectUnauthorized":false}}',
        }),
      ),
    ).toEqual([
      'DATABASE_EXTRA.ssl: DATABASE_URL has TLS parameters, which override it; keep one of the two',
    ]);
  });

  test('pools: the limit holds for both of them', () => {
    const config = projectConfig(production({ DATABASE_EXTRA: '{"min":0,"max":7}' }));
    expect(config.database_extra).toEqual({ min: 0, max: 7 });
    expect(config.database_driver_options).toEqual({ pool: { max: 7 } });
  });

  test.each([
    ['true', true],
    ['false', false],
    ['all', 'all'],
    ['error,schema', ['error', 'schema']],
    [' query , warn ', ['query', 'warn']],
    ['["info","log"]', ['info', 'log']],
  ])('logging: the text %j becomes what TypeORM understands', (text, expected) => {
    expect(projectConfig(production({ DATABASE_LOGGING: text })).database_logging).toEqual(
      expected,
    );
  });

  test('logging: an unknown type is refused', () => {
    expect(problemsOf(production({ DATABASE_LOGGING: 'error,verbose' }))).toEqual([
      'DATABASE_LOGGING: must be true, false, all, or a list of query, schema, error, warn, info, log',
    ]);
  });

  test('sessions: a request without a cookie leaves none behind', () => {
    expect(projectConfig(production()).session_options).toEqual({
      resave: false,
      saveUninitialized: false,
    });
    const env = production({ SESSION_OPTIONS: '{"name":"shop.sid","resave":true,"ttl":1000}' });
    expect(projectConfig(env).session_options).toEqual({
      name: 'shop.sid',
      resave: true,
      saveUninitialized: false,
      ttl: 1000,
    });
  });

  test('sessions: the secret may not come in by the options', () => {
    expect(problemsOf(production({ SESSION_OPTIONS: '{"secret":"x","ttl":"1h"}' }))).toEqual([
      'SESSION_OPTIONS.ttl: must be a number of milliseconds',
      'SESSION_OPTIONS: has unknown keys: secret',
    ]);
  });

  test('secrets: jwt_secret and cookie_secret are never undefined', () => {
    const { jwt_secret, cookie_secret } = projectConfig(development());
    expect({ jwt_secret, cookie_secret }).toEqual({
      jwt_secret: 'supersecret',
      cookie_secret: 'supersecret',
    });
  });

  test.each(['production', 'staging'])(
    'secrets: %s refuses supersecret and short ones',
    (NODE_ENV) => {
      const JWT_SECRET = 'supersecret';
      expect(problemsOf(production({ NODE_ENV, JWT_SECRET, COOKIE_SECRET: 'short' }))).toEqual([
        'JWT_SECRET: the well-known "supersecret"; use a random one',
        'COOKIE_SECRET: shorter than 32 characters',
      ]);
    },
  );

  test('secrets: previous cookie secrets verify, the current one signs', () => {
    const env = production({ COOKIE_SECRET_PREVIOUS: '["one,with a comma","two"]' });
    expect(projectConfig(env).cookie_secret).toEqual([COOKIE, 'one,with a comma', 'two']);
    expect(projectConfig(production()).cookie_secret).toBe(COOKIE);
  });

  test('NODE_ENV: prod is half understood by Medusa, so it is refused', () => {
    expect(problemsOf(production({ NODE_ENV: 'prod' }))).toEqual([
      'NODE_ENV: must be development, test, staging or production',
    ]);
  });

  test('HOME: a folder that is not writable is named before the command fails on it', () => {
    expect(problemsOf(production({ HOME: '/proc/1/nobody' }))).toEqual([
      'HOME: names a folder that is not writable; Medusa keeps its settings there',
    ]);
    const folder = temporaryFolder();
    expect(projectConfig(production({ HOME: join(folder, 'later', 'made') }))).toBeDefined();
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o500);
      expect(problemsOf(production({ HOME: folder }))).toHaveLength(1);
    }
  });

  test('CA: Node only warns about a file that is not there', () => {
    expect(problemsOf(production({ NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }))).toEqual([
      'NODE_EXTRA_CA_CERTS: names a file that cannot be read',
    ]);
  });

  test('Redis: production without one keeps sessions in one process, so it is asked for', () => {
    const { REDIS_URL: _, ...env } = production();
    expect(problemsOf(env)).toEqual(['REDIS_URL: not set']);
    expect(projectConfig(development())).not.toHaveProperty('redis_url');
  });

  test('sqlite: the file, and nothing of PostgreSQL', () => {
    const config = projectConfig(
      development({
        DATABASE_TYPE: 'sqlite',
        DATABASE_URL: undefined,
        DATABASE_DATABASE: '/v/m.sql',
      }),
    );
    expect(config).toMatchObject({ database_type: 'sqlite', database_database: '/v/m.sql' });
    expect(config).not.toHaveProperty('database_url');
  });
});

describe('the whole configuration', () => {
  test('of a production environment', () => {
    const env = production({
      MEDUSA_BACKEND_URL: 'https://shop.example.com/',
      STRIPE_API_KEY: 'sk_live_1',
      MEDUSA_PLUGINS: JSON.stringify([
        'medusa-fulfillment-manual',
        { resolve: '@medusajs/file-local', options: { upload_dir: 'uploads' } },
        { resolve: 'medusa-payment-stripe', options: { api_key: { env: 'STRIPE_API_KEY' } } },
      ]),
      MEDUSA_MODULES: JSON.stringify({
        cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: 30 } },
        eventBus: { resolve: '@medusajs/event-bus-redis' },
      }),
    });
    expect(configOf(env)).toMatchInlineSnapshot(`
      {
        "modules": {
          "cacheService": {
            "options": {
              "namespace": "acme-prod:medusa",
              "redisUrl": "redis://medusa:r%40dis@redis:6379/0",
              "ttl": 30,
            },
            "resolve": "@medusajs/cache-redis",
          },
          "eventBus": {
            "options": {
              "queueName": "acme-prod-events-queue",
              "redisUrl": "redis://medusa:r%40dis@redis:6379/0",
            },
            "resolve": "@medusajs/event-bus-redis",
          },
        },
        "plugins": [
          {
            "options": {},
            "resolve": "medusa-fulfillment-manual",
          },
          {
            "options": {
              "backend_url": "https://shop.example.com",
              "upload_dir": "uploads",
            },
            "resolve": "@medusajs/file-local",
          },
          {
            "options": {
              "api_key": "sk_live_1",
            },
            "resolve": "medusa-payment-stripe",
          },
        ],
        "projectConfig": {
          "admin_cors": "",
          "cookie_secret": "cookie-0123456789abcdef0123456789abcdef",
          "database_logging": false,
          "database_schema": "shop",
          "database_type": "postgres",
          "database_url": "postgres://medusa_a:p%40ss@database:5432/medusa?options=-c%20search_path%3Dshop%2Cextensions",
          "jwt_secret": "jwt-0123456789abcdef0123456789abcdef",
          "redis_prefix": "acme-prod:",
          "redis_url": "redis://medusa:r%40dis@redis:6379/0",
          "session_options": {
            "resave": false,
            "saveUninitialized": false,
          },
          "store_cors": "",
        },
      }
    `);
  });
});
