import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repository } from './project.ts';

/** The store of the repository: its image is built once and cached by content for all tests. */
export const storeFolder = join(repository, 'backend');

const seed = JSON.parse(readFileSync(join(storeFolder, 'data/seed.json'), 'utf8')) as {
  readonly users: readonly [{ readonly email: string; readonly password: string }];
  readonly products: readonly { readonly title: string }[];
};

/** The admin user that the store's seed creates in development, and nowhere else. */
export const seededAdmin = seed.users[0];

/** Titles of the products that the store's seed makes, sorted. */
export const seededTitles = seed.products.map(({ title }) => title).sort();

/** Sections of a development stack of the store, with its own schema, and Redis. */
export function shopStack(port: number) {
  return {
    target: 'docker',
    environment: 'development',
    backend: {
      image: { build: storeFolder },
      cpu: '2',
      seed: ['node', 'scripts/seed.js'],
      env: { GREETING: 'hello' },
    },
    edge: { port },
    database: { name: 'medusa', schema: 'shop', pool: { min: 0, max: 8 } },
    modules: {
      cacheService: { resolve: '@medusajs/cache-inmemory', options: { ttl: 30 } },
    },
    plugins: ['medusa-fulfillment-manual', 'medusa-payment-manual'],
  };
}

/**
 * The same store as production runs it: two replicas, secure cookies, sessions and events in Redis, and
 * TLS ended in front of the edge. @param cpu ceiling of each replica
 */
export function stagingStack(port: number, cpu = '1') {
  const { backend, modules: _, ...rest } = shopStack(port);
  return {
    ...rest,
    environment: 'staging',
    backend: { ...backend, cpu, replicas: 2 },
    edge: { host: 'shop.localhost', port, tls: 'off', trustForwarded: true },
    cors: { admin: ['https://admin.example.com'], store: ['https://shop.example.com'] },
    accept: [productsAlone],
  };
}

/** Lets the store's seed into a stack outside development: an entry of `accept`. */
export const productsAlone = {
  rule: 'seed-public',
  reason: 'The seed of this store creates users in development alone',
};

/** A backend folder of the fixtures. */
export function fixtureBackend(name: string): string {
  return join(repository, 'test/fixtures/backends', name);
}

/**
 * A copy of the store with some files changed, for a separate build; all layers below the change come
 * from the engine's cache. @param changes path in the copy -> content
 */
export function copyOfStore(folder: string, changes: Readonly<Record<string, string>>): string {
  cpSync(storeFolder, folder, {
    recursive: true,
    filter: (source) => !/^(node_modules|uploads)$/.test(basename(source)),
  });
  for (const [path, content] of Object.entries(changes)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    // The store's own list of what its build may see names each entry.
    appendFileSync(join(folder, '.dockerignore'), `\n!${path.split('/')[0]}\n`);
  }
  return folder;
}

/** A file of the fixtures for backends. */
export function backendFixture(path: string): string {
  return readFileSync(join(repository, 'test/fixtures/backends', path), 'utf8');
}

/** The store's Dockerfile with one more instruction before the image's user is set. */
export function dockerfileWith(instruction: string): string {
  const text = readFileSync(join(storeFolder, 'Dockerfile'), 'utf8');
  const changed = text.replace(/^USER /m, `${instruction}\nUSER `);
  if (changed === text) throw new Error('the Dockerfile of the store has no USER line');
  return changed;
}
