import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENT_TABLE } from '../../../src/container/environment.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import type { Plan } from '../../../src/derive/plan.ts';
import { fillTemplate } from '../../../src/derive/template.ts';
import type { StackFile } from '../../../src/stack/stack-file.ts';
import {
  dev,
  external,
  generated,
  options,
  postgres,
  sqlite,
  staging,
} from '../../support/unit/stack-files.ts';

const plan = (stack: StackFile) => derivePlan(stack, options);
const names = (stack: StackFile) => plan(stack).backend.environment.map(({ name }) => name);

/** A stack's variables as the backend sees them, each secret as `(name version)`. */
function values(stack: StackFile): Readonly<Record<string, string>> {
  const fill = ({ name, value }: Plan['backend']['environment'][number]) => [
    name,
    fillTemplate(value, (secret, version) => `(${secret}${version ? ` ${version}` : ''})`),
  ];
  return Object.fromEntries(plan(stack).backend.environment.map(fill));
}

/** A stack that keeps a version of `jwt`, and says when the current one began. */
const rotated: StackFile = {
  ...staging,
  secrets: {
    ...staging.secrets,
    jwt: { ...generated(1, 3), since: '2026-01-31' },
  },
};

describe('the table', () => {
  test('is sorted by name, without repetition', () => {
    const listed = ENVIRONMENT_TABLE.map(({ name }) => name);
    expect(listed).toEqual([...new Set(listed)].sort());
  });

  test('every variable is derived by some stack, with the secrecy that the table says', () => {
    const seen = [dev, rotated, external, sqlite].flatMap((s) => plan(s).backend.environment);
    expect(new Set(seen.map(({ name }) => name))).toEqual(
      new Set([...ENVIRONMENT_TABLE.map(({ name }) => name), 'LOG_LEVEL', 'STRIPE_API_KEY']),
    );
    for (const { name, value, secret } of seen) {
      expect([name, value.some((part) => typeof part !== 'string')]).toEqual([name, secret]);
    }
  });
});

describe('deriveEnvironment', () => {
  test('is sorted by name, whatever order the stack file has', () => {
    const backend = { ...dev.backend, env: { ZZ: '1', AA: '2', Aa: '3', M_: '4' } };
    const listed = names({ ...dev, backend });
    expect(listed).toEqual([...listed].sort());
  });

  test('one schema key becomes both of the settings that Medusa needs', () => {
    const { DATABASE_URL, DATABASE_SCHEMA } = values({
      ...dev,
      database: { ...postgres, schema: 'boutique' },
    });
    expect(DATABASE_SCHEMA).toBe('boutique');
    expect(new URL(DATABASE_URL ?? '').searchParams.get('options')).toBe(
      '-c search_path=boutique,extensions',
    );
  });

  test('without TLS the URL says so, which overrides an ssl object in a hand-written configuration', () => {
    for (const environment of ['development', 'production'] as const) {
      const connectionString = values({ ...dev, environment })['DATABASE_URL'];
      const client = new pg.Client({ connectionString, ssl: { rejectUnauthorized: false } });
      expect(client).toMatchObject({ ssl: false });
    }
  });

  test('database roles alternate with the version of the password', () => {
    const user = (version: number) =>
      new URL(
        values({ ...dev, secrets: { ...dev.secrets, database: generated(0, version) } })[
          'DATABASE_URL'
        ] ?? '',
      ).username;
    expect([1, 2, 3].map(user)).toEqual(['medusa_a', 'medusa_b', 'medusa_a']);
  });

  test.each([
    [false, 'false'],
    [true, 'true'],
    ['all', 'all'],
    [['error', 'schema'], 'error,schema'],
    [[], 'false'],
  ] as const)('database.logging %j is %j', (logging, text) => {
    expect(values({ ...dev, database: { ...postgres, logging } })['DATABASE_LOGGING']).toBe(text);
  });

  test('pool and driver options travel together, without TLS in them', () => {
    const database = { ...postgres, extra: { statement_timeout: 30_000 } };
    expect(values({ ...dev, database })['DATABASE_EXTRA']).toBe(
      '{"min":0,"max":10,"statement_timeout":30000}',
    );
  });

  test('sqlite has a file and no server', () => {
    expect(values(sqlite)).toMatchObject({
      DATABASE_TYPE: 'sqlite',
      DATABASE_DATABASE: '/var/lib/medusa/medusa-db.sql',
      DATABASE_LOGGING: 'false',
    });
    expect(names(sqlite).filter((name) => /REDIS|DATABASE/.test(name))).toEqual([
      'DATABASE_DATABASE',
      'DATABASE_LOGGING',
      'DATABASE_TYPE',
    ]);
  });

  test('previous secrets are a JSON list, newest first, and absent without any', () => {
    expect(values(staging)).toMatchObject({
      COOKIE_SECRET: '(cookie)',
      COOKIE_SECRET_PREVIOUS: '["(cookie 2)","(cookie 1)"]',
      JWT_SECRET_PREVIOUS: '["(jwt 2)"]',
    });
    expect(names(dev).filter((name) => name.endsWith('PREVIOUS'))).toEqual([]);
  });

  test('what earlier token secrets signed counts until the end of the day after the rotation', () => {
    expect(values(rotated)['JWT_SECRET_PREVIOUS_UNTIL']).toBe('2026-02-02T00:00:00.000Z');
    expect(names(staging)).not.toContain('JWT_SECRET_PREVIOUS_UNTIL');
    const first = { ...generated(1), since: '2026-01-31' };
    const { JWT_SECRET_PREVIOUS_UNTIL } = values({ ...dev, secrets: { jwt: first } });
    expect(JWT_SECRET_PREVIOUS_UNTIL).toBeUndefined();
  });

  test('CORS lists are joined without spaces, as Medusa does not trim them', () => {
    expect(values(dev)['ADMIN_CORS']).toBe('http://localhost:7000,http://localhost:7001');
    expect(values(staging)['STORE_CORS']).toBe(
      'https://shop.example.com,/^https:\\/\\/preview-\\d+\\.example\\.com$/',
    );
  });

  test.each([dev, staging])(
    'a CORS list without an entry matches nothing, and is no empty text',
    (stack) => {
      const none = { ...stack, cors: { admin: [], store: [] } };
      expect(values(none)).toMatchObject({
        ADMIN_CORS: 'https://none.invalid',
        STORE_CORS: 'https://none.invalid',
      });
    },
  );

  test('no derived variable is an empty text, for which a configuration would take its fallback', () => {
    const bare = { ...dev, cors: { admin: [], store: [] }, modules: {} };
    for (const stack of [bare, { ...bare, database: { ...postgres, logging: [] } }, sqlite]) {
      const empty = Object.entries(values(stack as StackFile)).filter(([, value]) => value === '');
      expect(empty).toEqual([]);
    }
  });

  test('no cookieless request makes a session', () => {
    expect(JSON.parse(values(dev)['SESSION_OPTIONS'] ?? '')).toEqual({
      saveUninitialized: false,
      resave: false,
    });
  });

  test('stores on one Redis keep apart: prefix, cache namespace and queue carry the stack', () => {
    const found = values(staging);
    expect(found['REDIS_PREFIX']).toBe('medusa-infra-dev:');
    expect(JSON.parse(found['MEDUSA_MODULES'] ?? '')).toEqual({
      cacheService: {
        resolve: '@medusajs/cache-redis',
        options: { redisUrl: { env: 'REDIS_URL' }, namespace: 'medusa-infra-dev:cache', ttl: 30 },
      },
      eventBus: {
        resolve: '@medusajs/event-bus-redis',
        options: { redisUrl: { env: 'REDIS_URL' }, queueName: 'medusa-infra-dev-events' },
      },
    });
  });

  test('what the user says about a Redis module wins', () => {
    const modules = {
      cacheService: {
        resolve: '@medusajs/cache-redis',
        options: { redisUrl: { env: 'OTHER_REDIS_URL' }, namespace: 'mine' },
      },
    };
    expect(plan({ ...staging, modules }).modules['cacheService']).toEqual(modules.cacheService);
  });

  test('modules that are not on Redis stay as they are, in the order of their names', () => {
    const modules = { b: { resolve: './b', options: { x: 1 } }, a: { resolve: './a' } };
    expect(JSON.stringify(plan({ ...dev, modules }).modules)).toBe(
      '{"a":{"resolve":"./a"},"b":{"resolve":"./b","options":{"x":1}}}',
    );
  });

  test('the local file service links to where the world reaches the backend', () => {
    expect(values(staging)['MEDUSA_BACKEND_URL']).toBe('https://staging.localhost');
    expect(plan(staging).plugins[1]).toEqual({
      resolve: '@medusajs/file-local',
      options: { backend_url: { env: 'MEDUSA_BACKEND_URL' }, upload_dir: 'uploads' },
    });
  });

  test('no secret is in a value that is not marked as one', () => {
    for (const stack of [dev, staging, external, sqlite]) {
      for (const { name, value, secret } of plan(stack).backend.environment) {
        if (!secret) expect([name, value]).toEqual([name, [expect.any(String)]]);
      }
    }
  });
});
