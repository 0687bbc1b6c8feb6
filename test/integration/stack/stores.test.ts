import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, execIn, logsOf, runningOf } from '../../support/engine.ts';
import { eventually } from '../../support/eventually.ts';
import { sql } from '../../support/facts.ts';
import { get, logIn, post, productTitles } from '../../support/http.ts';
import { ContainerBench, images } from '../../support/plain-container.ts';
import { freePort } from '../../support/ports.ts';
import { TestProject } from '../../support/project.ts';
import {
  copyOfStore,
  dockerfileWith,
  seededAdmin,
  seededTitles,
  shopStack,
} from '../../support/stacks.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SUBSCRIBER = `Object.defineProperty(exports, '__esModule', { value: true });
exports.default = async ({ eventName }) => { console.log('the subscriber saw ' + eventName); };
exports.config = { event: 'customer.created', context: { subscriberId: 'seen' } };
`;
const JOB = `Object.defineProperty(exports, '__esModule', { value: true });
exports.default = async () => { console.log('the job ran'); };
exports.config = { name: 'tick', schedule: '* * * * * *', data: {} };
`;

const bench = new ContainerBench();
let project: TestProject;
let url: string;
let redis: string;

const stack = 'dev';
const idOf = async (component: string) =>
  (await runningOf(project.name, stack, component))[0]?.id ?? '';

beforeAll(async () => {
  project = await TestProject.create();
  const port = await freePort();
  url = `http://localhost:${port}`;
  const build = copyOfStore(temporaryFolder(), {
    'dist/subscribers/seen.js': SUBSCRIBER,
    'dist/jobs/tick.js': JOB,
    Dockerfile: dockerfileWith('COPY dist ./dist'),
  });
  const { backend, ...rest } = shopStack(port);
  project.writeStack(stack, {
    ...rest,
    backend: { ...backend, image: { build } },
    modules: {
      cacheService: { resolve: '@medusajs/cache-redis' },
      eventBus: { resolve: '@medusajs/event-bus-redis' },
    },
  });
  await project.up(stack);
  redis = await idOf('redis');
});
afterAll(async () => {
  await bench.close();
  await project.cleanup();
});

/** A command of the user that the backend logs in as. */
async function asBackend(...command: string[]): Promise<string> {
  const file = await execIn(await idOf('backend'), ['cat', '/run/secrets/REDIS_URL']);
  const at = file.replace(/@[^/@]*\//, '@127.0.0.1:6379/');
  return (await execIn(redis, ['redis-cli', '--no-auth-warning', '-u', at, ...command])).trim();
}

/** What Redis denied to the backend's user, by its log. */
async function denied(): Promise<string[]> {
  const command =
    'echo "ACL LOG" | env REDISCLI_AUTH="$(cat /tmp/admin-password)" redis-cli --user medusa-infra';
  const lines = (await execIn(redis, ['/bin/sh', '-c', command])).split('\n');
  return lines.flatMap((line, index) =>
    line === 'object' && lines.slice(index, index + 4).includes('medusa_v1')
      ? [lines[index + 1] ?? '']
      : [],
  );
}

describe('Redis', () => {
  test('lets a store do all that it does: products, cart, login, events, jobs, cache', async () => {
    expect(await productTitles(url)).toEqual(seededTitles);
    const { regions } = (await get(`${url}/store/regions`)).body as { regions: { id: string }[] };
    const region = regions[0]?.id;
    await get(`${url}/store/products?region_id=${region}`);
    const { status } = await post(`${url}/store/carts`, { region_id: region });
    expect(status).toBe(200);
    const person = { first_name: 'A', last_name: 'B', password: 'secret-secret' };
    const customer = { ...person, email: 'a@example.com' };
    expect((await post(`${url}/store/customers`, customer)).status).toBe(200);
    const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
    expect((await get(`${url}/admin/auth`, { cookie })).status).toBe(200);
    await eventually(async () => {
      const log = await logsOf(await idOf('backend'));
      expect(log).toContain('the subscriber saw customer.created');
      expect(log).toContain('the job ran');
    });
    const keys = await asBackend('KEYS', '*');
    for (const part of [':sess:', ':cache:', 'scheduled-jobs-queue']) expect(keys).toContain(part);
    expect(await denied()).toEqual([]);
  });

  test('refuses to be emptied, and says so in its log; the session is still there', async () => {
    const { cookie } = await logIn(url, seededAdmin.email, seededAdmin.password);
    expect(await asBackend('FLUSHALL')).toMatch(/^NOPERM .*flushall/);
    expect(await denied()).toEqual(['flushall']);
    expect((await get(`${url}/admin/auth`, { cookie })).status).toBe(200);
  });
});

describe('PostgreSQL', () => {
  test('has no superuser for another user’s process that reaches its socket', async () => {
    const { images: locked } = await images();
    const intrude = async (user: string) => {
      const { Mounts } = await docker.getContainer(await idOf('database')).inspect();
      const socket = Mounts.find(({ Destination }) => Destination === '/var/run/postgresql');
      return bench.run({
        image: locked.postgres.ref,
        user,
        entrypoint: ['psql'],
        command: ['-XAtqw', '-h', '/socket', '-U', 'postgres', '-c', 'SELECT current_user'],
        borrowed: { [socket?.Name ?? '']: '/socket' },
      });
    };
    expect(await intrude('1234')).toEqual({
      code: 2,
      log: expect.stringContaining('Peer authentication failed for user "postgres"'),
    });
    expect(await intrude('postgres')).toEqual({ code: 0, log: 'postgres\n' });
  });

  test('limits the sessions of the running backend, in time and number', async () => {
    expect(
      await sql(
        project.name,
        stack,
        "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'medusa_a'",
      ),
    ).toEqual(['52']);
    const settings = `SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = 'medusa_a'::regrole`;
    expect(await sql(project.name, stack, settings)).toEqual(
      expect.arrayContaining([
        'statement_timeout=60s',
        'lock_timeout=30s',
        'idle_in_transaction_session_timeout=300s',
      ]),
    );
  });
});
