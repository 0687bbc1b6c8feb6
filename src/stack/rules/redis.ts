import type { ModuleSpec } from '../stack-file.ts';
import type { Rule } from './rule.ts';
import { isSet, when } from './rule.ts';

const redisRequired: Rule = {
  name: 'redis-required',
  about: 'Production and staging need Redis for cache, events and sessions.',
  check: ({ stack }) =>
    when(stack.redis === false && stack.environment !== 'development', () => ({
      path: ['redis'],
      message: `required in ${stack.environment} for cache, events and sessions; remove redis: false, or name your own under redis.external`,
    })),
};

/** Medusa's own modules that keep everything in the process. */
const IN_MEMORY = ['@medusajs/cache-inmemory', '@medusajs/event-bus-local'];
const WITH_REDIS = ['@medusajs/cache-redis', '@medusajs/event-bus-redis'];
const REDIS_TWIN: Readonly<Record<string, string>> = {
  cacheService: '@medusajs/cache-redis',
  eventBus: '@medusajs/event-bus-redis',
};

const inMemoryModule: Rule = {
  name: 'in-memory-module',
  about: 'Production and staging share cache and events between replicas and restarts.',
  check: ({ stack, raw }) =>
    stack.environment === 'development'
      ? []
      : Object.keys(raw.modules ?? {}).flatMap((name) => {
          const module: ModuleSpec | undefined = stack.modules[name];
          const twin = REDIS_TWIN[name];
          const removed = module === undefined && twin !== undefined;
          const inMemory = module !== undefined && IN_MEMORY.includes(module.resolve);
          return when(removed || inMemory, () => ({
            path: ['modules', name],
            at: ['resolve'],
            message: `${removed ? "none means Medusa's in-memory one, which is refused" : `${module?.resolve} is refused`} in ${stack.environment}: replicas would not share it; use ${twin ?? 'the Redis one'}`,
          }));
        }),
};

const moduleNeedsRedis: Rule = {
  name: 'module-needs-redis',
  about: 'A Redis module needs Redis.',
  check: ({ stack }) =>
    stack.redis === false
      ? Object.entries(stack.modules).flatMap(([name, module]) =>
          when(WITH_REDIS.includes(module.resolve) && !module.options?.['redisUrl'], () => ({
            path: ['modules', name],
            at: ['resolve'],
            message: `${module.resolve} needs Redis, but redis is false; remove the module, or redis: false`,
          })),
        )
      : [],
};

/** Commands that run the server, or hand its data to another one. */
const ADMINISTRATION = [
  ...[
    'acl',
    'bgrewriteaof',
    'bgsave',
    'cluster',
    'config',
    'debug',
    'failover',
    'function',
    'latency',
  ],
  ...[
    'migrate',
    'module',
    'monitor',
    'psync',
    'replconf',
    'replicaof',
    'restore',
    'save',
    'shutdown',
  ],
  ...['slaveof', 'slowlog', 'swapdb', 'sync'],
];

const redisAllow: Rule = {
  name: 'redis-allow',
  about: 'No command that runs the server is allowed to the backend.',
  check: ({ stack: { redis } }) =>
    redis === false
      ? []
      : redis.allow.flatMap((command, index) =>
          when(ADMINISTRATION.includes(command.split('|')[0] ?? ''), () => ({
            path: ['redis', 'allow', index],
            message: `a command on data, got ${command}, which runs the server; remove it`,
          })),
        ),
};

const redisAllowUsed: Rule = {
  name: 'redis-allow-used',
  about: 'Commands are allowed where the kit limits them: in the provisioned Redis on docker.',
  check: (context) =>
    when(context.stack.target === 'aws' && isSet(context, ['redis', 'allow']), () => ({
      path: ['redis', 'allow'],
      message: 'unused: on aws the backend may give every command that ElastiCache has; remove it',
      level: 'warning',
      atKey: true,
    })),
};

export const redisRules: readonly Rule[] = [
  redisRequired,
  inMemoryModule,
  moduleNeedsRedis,
  redisAllow,
  redisAllowUsed,
];
