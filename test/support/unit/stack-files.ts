import type { DeriveOptions } from '../../../src/derive/derive.ts';
import type { ImageLock } from '../../../src/derive/plan.ts';
import { resolveStack } from '../../../src/stack/resolve.ts';
import type { RawStack } from '../../../src/stack/sections/root.ts';
import type { DockerStack, PostgresSection, RedisSection } from '../../../src/stack/stack-file.ts';

export const generated = (keep = 0, version = 1) =>
  ({ from: 'generated', length: 64, alphabet: 'alphanumeric', version, keep }) as const;

/** As loading a file of `/repo/stacks` does: a key that nobody sets has its default. */
const resolved = (raw: RawStack) => resolveStack(raw, '/repo/stacks') as DockerStack;

/** What loading a small `dev.yaml` gives. */
export const dev: DockerStack = resolved({
  target: 'docker',
  backend: {
    image: { build: '../backend' },
    seed: ['node', 'seed.js'],
    expose: { database: 5433, redis: 6380 },
    env: { LOG_LEVEL: 'info' },
  },
  database: { schema: 'shop', logging: ['error', 'schema'] },
  modules: {
    cacheService: { resolve: '@medusajs/cache-inmemory', options: { ttl: 30 } },
    eventBus: { resolve: '@medusajs/event-bus-local' },
  },
});

export const postgres = dev.database as PostgresSection;
const redis = dev.redis as RedisSection;

/** What loading a production-like `staging.yaml` gives: replicas, rotated secrets, Redis modules. */
export const staging: DockerStack = {
  ...dev,
  environment: 'staging',
  backend: {
    ...dev.backend,
    seed: undefined,
    replicas: 2,
    expose: {},
    env: { LOG_LEVEL: 'info', STRIPE_API_KEY: { secret: 'stripeApiKey' } },
  },
  edge: { ...dev.edge, host: 'staging.localhost', port: 8080, trustForwarded: true },
  secrets: {
    jwt: generated(1, 3),
    cookie: generated(2, 3),
    database: generated(1, 2),
    redis: generated(1, 2),
    stripeApiKey: { from: 'config' },
  },
  cors: {
    admin: ['https://admin.example.com'],
    store: ['https://shop.example.com', '/^https:\\/\\/preview-\\d+\\.example\\.com$/'],
  },
  modules: {
    cacheService: { resolve: '@medusajs/cache-redis', options: { ttl: 30 } },
    eventBus: { resolve: '@medusajs/event-bus-redis' },
  },
  plugins: [
    { resolve: 'medusa-fulfillment-manual' },
    { resolve: '@medusajs/file-local', options: { upload_dir: 'uploads' } },
    { resolve: 'medusa-payment-stripe', options: { api_key: { env: 'STRIPE_API_KEY' } } },
  ],
};

/** Somebody else's PostgreSQL and Redis. */
export const external: DockerStack = {
  ...staging,
  environment: 'production',
  backend: { ...staging.backend, image: { reference: 'ghcr.io/acme/shop@sha256:9b2a' } },
  database: {
    ...postgres,
    ssl: 'verify-full',
    ca: '/repo/stacks/rds.pem',
    external: { url: { secret: 'databaseUrl' } },
  },
  redis: { ...redis, external: { url: { secret: 'redisUrl' } } },
  secrets: {
    ...staging.secrets,
    databaseUrl: { from: 'config' },
    redisUrl: { from: { env: 'SHOP_REDIS_URL' } },
  },
};

/** An old release on SQLite, nothing else. */
export const sqlite: DockerStack = {
  ...dev,
  database: { type: 'sqlite', file: './medusa-db.sql', logging: false, onDestroy: 'delete' },
  redis: false,
};

export const debianImages: ImageLock = {
  source: 'debian',
  images: {
    postgres: {
      ref: 'sha256:aaaa',
      name: 'medusa-infra/postgres:15-debian-bookworm',
      version: '15.14',
    },
    redis: {
      ref: 'sha256:bbbb',
      name: 'medusa-infra/redis:7.0-debian-bookworm',
      version: '7.0.15',
    },
    node: { ref: 'sha256:cccc', name: 'medusa-infra/node:20-debian-bookworm', version: '20.19.5' },
    edge: { ref: 'sha256:dddd', name: 'medusa-infra/edge:2.6-debian-bookworm', version: '2.6.2' },
  },
};

export const options: DeriveOptions = {
  project: 'medusa-infra',
  stack: 'dev',
  images: debianImages,
};
