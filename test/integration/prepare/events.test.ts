import { afterAll, beforeAll, expect, test } from 'vitest';
import { backendImage, HAND_WRITTEN } from '../../support/backend-image.ts';
import { execIn } from '../../support/engine.ts';
import { MEDUSA, node, type PrepareJob, prepareJob, shop } from '../../support/prepare-job.ts';
import { type Servers, startServers, type TestDatabase } from '../../support/servers.ts';

// Medusa's Redis event bus starts a worker in each process that loads it. Where nobody subscribes, what it
// takes off the queue is done and gone: a release must not lose events of the running one.
const events = 500;
/** As @medusajs/event-bus-redis names it where a configuration says nothing. */
const queue = 'RedisEventBusService:events-queue';
let servers: Servers;
let job: PrepareJob;
let database: TestDatabase;

beforeAll(async () => {
  const image = await backendImage();
  servers = await startServers('events');
  job = prepareJob(servers, image);
  database = await servers.createDatabase();
  const add = await servers.run({
    image,
    command: node(`
      const { createRequire } = require('module');
      const { Queue } = createRequire(require.resolve('@medusajs/event-bus-redis'))('bullmq');
      const { readFileSync } = require('fs');
      const Redis = createRequire(require.resolve('@medusajs/event-bus-redis'))('ioredis');
      const connection = new Redis(readFileSync('/run/secrets/REDIS_URL', 'utf8'));
      const queue = new Queue('events-queue', { prefix: 'RedisEventBusService', connection });
      const jobs = Array.from({ length: ${events} }, (_, id) => ({ name: 'order.placed',
        data: { eventName: 'order.placed', data: { id } }, opts: { removeOnComplete: true, attempts: 1 } }));
      queue.addBulk(jobs).then(() => process.exit(0));`),
    secrets: {
      REDIS_URL: `redis://:${encodeURIComponent(servers.redisPassword)}@redis:6379/0`,
    },
  });
  expect(await add.ended()).toMatchObject({ code: 0 });
});
afterAll(() => servers?.stop());

async function waiting(): Promise<number> {
  const words = ['redis-cli', '--no-auth-warning', '-a', servers.redisPassword];
  return Number(await execIn(servers.redisContainer, [...words, 'llen', `${queue}:wait`]));
}

test('prepare takes no event off the queue, neither by migrations nor by a seed that loads Medusa', async () => {
  expect(await waiting()).toBe(events);
  const run = await job.run({
    url: shop(database),
    files: { '/app/medusa-config.js': HAND_WRITTEN },
    // Of the backend itself, which has subscribers.
    env: { MEDUSA_WORKER_MODE: 'shared' },
    config: { seed: MEDUSA },
  });
  expect(run).toMatchObject({ code: 0, last: 'prepare: done' });
  expect(run.output).not.toContain('0 subscribers');
  expect(await waiting()).toBe(events);
});
