import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RawStack } from '../../../src/stack/sections/root.ts';
import { stackSchema } from '../../../src/stack/sections/root.ts';
import type { StackFile } from '../../../src/stack/stack-file.ts';
import { loadText } from '../../support/unit/corpus.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
// Checked by tsc: a section of the file is a section of what loading gives, and the other way round.
const sameSections: Same<Exclude<keyof RawStack, 'extends'>, keyof StackFile> = true;

function stackOf(text: string) {
  const { result, folder } = loadText(text);
  expect(result.issues).toEqual([]);
  if (!result.stack) throw new Error('no stack');
  return { stack: result.stack, folder };
}

test('loading gives the sections of the file', () => {
  const sections = Object.keys(stackSchema.shape).filter((name) => name !== 'extends');
  expect(sameSections).toBe(true);
  const { stack } = stackOf(
    'target: aws\nbackend: { image: shop:1 }\nedge: { host: shop.example.com }\naws: { region: eu-central-1, edge: { zone: example.com } }\n',
  );
  expect(Object.keys(stack).sort()).toEqual(sections.sort());
  expect(Object.keys(stackOf('target: docker\n').stack)).not.toContain('aws');
});

test('the least stack file has every default of the design', () => {
  const { stack, folder } = stackOf('target: docker\n');
  expect(stack).toEqual({
    target: 'docker',
    environment: 'development',
    images: { source: 'auto', registry: undefined },
    backend: {
      image: { build: join(folder, '../backend'), dockerfile: 'Dockerfile', args: {} },
      command: ['node', 'node_modules/.bin/medusa', 'start'],
      migrate: ['node', 'node_modules/.bin/medusa', 'migrations', 'run'],
      seed: undefined,
      shell: true,
      replicas: 1,
      port: 9000,
      cpu: 500,
      memory: 1024 ** 3,
      stopGrace: 30,
      health: { path: '/health', start: 120 },
      expose: { database: undefined, redis: undefined },
      instanceMetadata: false,
      env: {},
    },
    edge: {
      host: 'localhost',
      port: 9000,
      bind: '127.0.0.1',
      tls: 'off',
      httpPort: false,
      trustForwarded: false,
      loginLimit: 100,
    },
    database: {
      type: 'postgres',
      version: undefined,
      name: 'medusa',
      schema: 'medusa',
      extensionsSchema: 'extensions',
      storage: 10 * 1024 ** 3,
      pool: { min: 0, max: 10 },
      limits: { statement: 60, lock: 30, idleInTransaction: 300 },
      logging: false,
      extra: {},
      ssl: 'off',
      ca: undefined,
      external: undefined,
      onDestroy: 'keep',
    },
    redis: {
      version: undefined,
      memory: 256 * 1024 ** 2,
      persist: true,
      allow: [],
      external: undefined,
      onDestroy: 'keep',
    },
    uploads: { path: 'uploads', onDestroy: 'keep' },
    secrets: Object.fromEntries(
      ['jwt', 'cookie', 'database', 'redis'].map((name, index) => [
        name,
        {
          from: 'generated',
          length: 64,
          alphabet: 'alphanumeric',
          version: 1,
          keep: index < 2 ? 1 : 0,
          since: undefined,
          maxAge: undefined,
        },
      ]),
    ),
    cors: {
      admin: ['http://localhost:7000', 'http://localhost:7001'],
      store: ['http://localhost:8000'],
    },
    modules: {
      cacheService: { resolve: '@medusajs/cache-redis' },
      eventBus: { resolve: '@medusajs/event-bus-redis' },
    },
    plugins: [],
    accept: {},
  });
});

describe('defaults that depend on something', () => {
  test('aws is production, with a certificate, verified TLS and no origin', () => {
    const { stack } = stackOf(
      'target: aws\nbackend: { image: shop:1 }\nedge: { host: shop.example.com }\naws: { region: eu-central-1, edge: { zone: example.com } }\n',
    );
    expect(stack.environment).toBe('production');
    expect(stack.edge).toEqual({
      host: 'shop.example.com',
      port: 443,
      tls: 'auto',
      httpPort: 80,
      trustForwarded: false,
      loginLimit: 100,
    });
    expect(stack.database).toMatchObject({ ssl: 'verify-full', storage: 20 * 1024 ** 3 });
    expect(stack.cors).toEqual({ admin: [], store: [] });
  });

  test('aws has what a careful operator chooses for production, and less for staging', () => {
    const awsOf = (more: string) =>
      stackOf(
        `target: aws\nbackend: { image: shop:1, replicas: 2 }\nedge: { host: shop.example.com }\ndatabase: { storage: 50Gi }\naws: { region: eu-central-1, backend: { autoscaling: { max: 4 } }, edge: { zone: example.com } }\n${more}`,
      ).stack.aws;
    expect(awsOf('')).toMatchInlineSnapshot(`
      {
        "backend": {
          "architecture": "x86_64",
          "autoscaling": {
            "cpu": 60,
            "max": 4,
            "min": 2,
            "schedule": [],
          },
          "exec": false,
          "insights": false,
          "policies": [],
          "spotPercent": 0,
        },
        "database": {
          "backupDays": 14,
          "backupWindow": "02:00-03:00",
          "capacity": {
            "max": 4,
            "min": 0.5,
          },
          "deletionProtection": true,
          "finalSnapshot": true,
          "instance": "db.t4g.medium",
          "instances": 2,
          "kind": "rds",
          "maintenanceWindow": "sun:03:30-sun:04:30",
          "multiAz": true,
          "performanceInsights": true,
          "replaceable": false,
          "storageMax": 268435456000,
        },
        "edge": {
          "accessLogs": false,
          "waf": false,
          "zone": "example.com",
        },
        "logDays": 90,
        "network": {
          "cidr": "10.0.0.0/16",
          "existing": undefined,
          "flowLogs": false,
          "nat": "per-zone",
          "zones": 2,
        },
        "redis": {
          "engine": "redis",
          "maintenanceWindow": "sun:04:30-sun:05:30",
          "replaceable": false,
          "replicas": 1,
          "snapshotDays": 7,
          "snapshotWindow": "03:00-04:00",
        },
        "region": "eu-central-1",
        "secretRecoveryDays": 7,
        "tags": {},
      }
    `);
    expect(awsOf('environment: staging\n')).toMatchObject({
      logDays: 14,
      secretRecoveryDays: 0,
      network: { nat: 'single' },
      database: {
        instance: 'db.t4g.micro',
        multiAz: false,
        backupDays: 3,
        performanceInsights: false,
        deletionProtection: false,
        finalSnapshot: true,
      },
      redis: { replicas: 0, snapshotDays: 0 },
      backend: { exec: true },
    });
  });

  test('the load balancer listens on 80 where TLS ends in front of it', () => {
    const { stack } = stackOf(
      'target: aws\nenvironment: development\naws: { region: eu-central-1 }\n',
    );
    expect(stack.edge).toMatchObject({ port: 80, tls: 'off' });
  });

  test('staging on docker', () => {
    const { stack } = stackOf('target: docker\nenvironment: staging\n');
    expect(stack.edge).toMatchObject({ port: 443, tls: 'auto', httpPort: 80 });
    expect(stack.database).toMatchObject({ ssl: 'off' });
    expect(stack.cors).toEqual({ admin: [], store: [] });
  });

  test('an external server on docker is verified, and its password is not generated', () => {
    const { stack } = stackOf(
      'target: docker\ndatabase: { external: { url: { secret: u } } }\nsecrets: { u: { from: config } }\n',
    );
    expect(stack.database).toMatchObject({
      ssl: 'verify-full',
      external: { url: { secret: 'u' } },
    });
    expect(Object.keys(stack.secrets)).toEqual(['jwt', 'cookie', 'redis', 'u']);
  });

  test('without Redis: in-memory modules, no secret of its server', () => {
    const { stack } = stackOf('target: docker\nredis: false\n');
    expect(stack.redis).toBe(false);
    expect(stack.modules).toEqual({
      cacheService: { resolve: '@medusajs/cache-inmemory' },
      eventBus: { resolve: '@medusajs/event-bus-local' },
    });
    expect(Object.keys(stack.secrets)).toEqual(['jwt', 'cookie', 'database']);
  });

  test('sqlite', () => {
    const { stack } = stackOf('target: docker\ndatabase: { type: sqlite }\n');
    expect(stack.database).toEqual({
      type: 'sqlite',
      file: './medusa-db.sql',
      logging: false,
      onDestroy: 'keep',
    });
    expect(Object.keys(stack.secrets)).toEqual(['jwt', 'cookie', 'redis']);
  });
});

test('every example of the reference is right by itself', () => {
  const reference = readFileSync(new URL('../../../docs/stack-file.md', import.meta.url), 'utf8');
  const examples = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  expect(examples.length).toBeGreaterThan(8);
  for (const example of examples) {
    const { result } = loadText(`target: docker\n${example}`);
    // References to secrets and variables of other sections' examples aside.
    const wrong = result.issues.filter(
      ({ rule }) => rule !== 'secret-declared' && rule !== 'option-variable',
    );
    expect(wrong, example).toEqual([]);
  }
});
