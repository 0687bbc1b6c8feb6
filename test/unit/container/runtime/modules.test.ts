import { describe, expect, test } from 'vitest';
import {
  configOf,
  development,
  problemsOf,
  production,
} from '../../../support/unit/runtime-settings.ts';

const urlOfRedis = 'redis://medusa:r%40dis@redis:6379/0';
const json = (value: unknown) => JSON.stringify(value);

describe('Redis modules', () => {
  test('get the URL and their own names: without redisUrl Medusa does not start', () => {
    const env = production({
      MEDUSA_MODULES: json({
        cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: 30 } },
        eventBus: '@medusajs/event-bus-redis',
      }),
    });
    expect(configOf(env).modules).toEqual({
      cacheService: {
        resolve: '@medusajs/cache-redis',
        options: { namespace: 'acme-prod:medusa', ttl: 30, redisUrl: urlOfRedis },
      },
      eventBus: {
        resolve: '@medusajs/event-bus-redis',
        options: { queueName: 'acme-prod-events-queue', redisUrl: urlOfRedis },
      },
    });
  });

  test('keep what they set themselves', () => {
    const options = { redisUrl: 'redis://other:6379', namespace: 'mine' };
    const env = production({
      MEDUSA_MODULES: json({ cacheService: { resolve: '@medusajs/cache-redis', options } }),
    });
    expect(configOf(env).modules['cacheService']).toEqual({
      resolve: '@medusajs/cache-redis',
      options,
    });
  });

  test('without a prefix keep their own names, and the queue never has a colon', () => {
    const modules = json({ eventBus: { resolve: '@medusajs/event-bus-redis' } });
    const bare = configOf(production({ REDIS_PREFIX: undefined, MEDUSA_MODULES: modules }));
    expect(bare.modules['eventBus']).toEqual({
      resolve: '@medusajs/event-bus-redis',
      options: { redisUrl: urlOfRedis },
    });
    const nested = configOf(production({ REDIS_PREFIX: 'a:b:', MEDUSA_MODULES: modules }));
    expect(nested.modules['eventBus']).toMatchObject({
      options: { queueName: 'a-b-events-queue' },
    });
  });

  test('without any Redis name what is missing', () => {
    const env = development({
      MEDUSA_MODULES: json({ eventBus: { resolve: '@medusajs/event-bus-redis' } }),
    });
    expect(problemsOf(env)).toEqual([
      'REDIS_URL: not set; modules.eventBus (@medusajs/event-bus-redis) needs it',
    ]);
  });

  test('leave every other module alone', () => {
    const modules = {
      cacheService: { resolve: '@medusajs/cache-inmemory', options: { ttl: 30 } },
      eventBus: { resolve: '@medusajs/event-bus-local' },
      productService: false,
      inventoryService: true,
      stockLocationService: '@medusajs/stock-location',
    };
    expect(configOf(development({ MEDUSA_MODULES: json(modules) })).modules).toEqual(modules);
  });
});

describe('{ env: NAME } in options', () => {
  test('becomes the text of that variable, at any depth', () => {
    const env = development({
      A_KEY: 'value',
      MEDUSA_PLUGINS: json([
        {
          resolve: 'p',
          options: { list: [{ env: 'A_KEY' }, 1, null], deep: { k: { env: 'A_KEY' } } },
        },
      ]),
    });
    expect(configOf(env).plugins).toEqual([
      { resolve: 'p', options: { list: ['value', 1, null], deep: { k: 'value' } } },
    ]);
  });

  test('stays what it is next to other keys', () => {
    const options = { k: { env: 'A_KEY', other: true } };
    const env = development({ MEDUSA_PLUGINS: json([{ resolve: 'p', options }]) });
    expect(configOf(env).plugins).toEqual([{ resolve: 'p', options }]);
  });

  test('names every missing variable and where it is needed', () => {
    const env = development({
      MEDUSA_PLUGINS: json(['a', { resolve: 'p', options: { key: { env: 'FIRST' } } }]),
      MEDUSA_MODULES: json({ m: { resolve: 'x', options: { list: [{ env: '../SECOND' }] } } }),
    });
    expect(problemsOf(env)).toEqual([
      'FIRST: not set; plugins[1].options.key needs it',
      '../SECOND: not set; modules.m.options.list[0] needs it',
    ]);
  });
});

describe('plugins', () => {
  test('always have options: some read theirs without looking whether there are any', () => {
    const env = development({ MEDUSA_PLUGINS: json(['a', { resolve: 'b' }]) });
    expect(configOf(env).plugins).toEqual([
      { resolve: 'a', options: {} },
      { resolve: 'b', options: {} },
    ]);
  });

  test('file-local links to this backend instead of localhost:9000, and serves the folder that it writes to', () => {
    const env = development({
      MEDUSA_BACKEND_URL: 'https://shop.example.com/',
      MEDUSA_PLUGINS: json(['@medusajs/file-local', 'other']),
    });
    expect(configOf(env).plugins).toEqual([
      {
        resolve: '@medusajs/file-local',
        options: { backend_url: 'https://shop.example.com', upload_dir: 'uploads' },
      },
      { resolve: 'other', options: {} },
    ]);
  });

  test.each([null, ''])('file-local keeps its defaults where an option is %j', (unset) => {
    const env = development({
      MEDUSA_BACKEND_URL: 'https://shop.example.com',
      MEDUSA_PLUGINS: json([
        { resolve: 'medusa-file-local', options: { upload_dir: unset, backend_url: unset } },
      ]),
    });
    const options = { backend_url: 'https://shop.example.com', upload_dir: 'uploads' };
    expect(configOf(env).plugins).toEqual([{ resolve: 'medusa-file-local', options }]);
  });

  test('malformed ones are named by place', () => {
    const env = development({
      MEDUSA_PLUGINS: json(['', { resolve: 'b', option: {} }, 3]),
      MEDUSA_MODULES: json({ cacheService: { resolve: 1 } }),
    });
    expect(problemsOf(env)).toEqual([
      'MEDUSA_PLUGINS[0]: must be the name of a package',
      'MEDUSA_PLUGINS[1]: has unknown keys: option',
      'MEDUSA_PLUGINS[2]: must be the name of a package, or { "resolve": ..., "options": ... }',
      'MEDUSA_MODULES.cacheService: must be true, false, the name of a package, or { "resolve": ..., "options": ... }',
    ]);
    expect(problemsOf(development({ MEDUSA_PLUGINS: '{"a":', MEDUSA_MODULES: '[]' }))).toEqual([
      'MEDUSA_PLUGINS: not JSON',
      'MEDUSA_MODULES: must be a map of modules',
    ]);
  });
});

describe('extending the configuration', () => {
  test('adds plugins and modules of the project, which are completed as well', () => {
    const config = configOf(production(), (base) => ({
      ...base,
      plugins: [...base.plugins, 'mine'],
      modules: { ...base.modules, eventBus: { resolve: '@medusajs/event-bus-redis' } },
      featureFlags: { product_categories: true },
    }));
    expect(config.plugins).toEqual([{ resolve: 'mine', options: {} }]);
    expect(config.modules['eventBus']).toMatchObject({ options: { redisUrl: urlOfRedis } });
    expect(config.featureFlags).toEqual({ product_categories: true });
  });

  test('refuses a function that returns nothing', () => {
    expect(() => configOf(production(), (() => undefined) as never)).toThrow(
      'defineMedusaConfig: the function that extends the configuration must return it',
    );
  });
});
