import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect } from 'vitest';
import { docker, leftovers, networksOf } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { fault, messageLine } from '../support/faults/fault.ts';
import { Shop, summaryOf } from '../support/faults/shop.ts';
import { get, post, productTitles } from '../support/http.ts';
import { freePort } from '../support/ports.ts';
import { seededAdmin, seededTitles, shopStack } from '../support/stacks.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.create();
  await shop.up();
});

afterAll(() => shop?.project.cleanup());

fault('F14', "Redis' volume is removed by hand, and `up`", async () => {
  const lost = await shop.marked();
  await docker.getContainer(await shop.idOf('redis')).remove({ force: true });
  await docker.getVolume(`${shop.project.name}-${shop.stack}-redis-data`).remove();
  const printed = await shop.up();
  expect(printed).toContain('created redis-volume (Volume)');
  return {
    sees: `\`${messageLine(printed, /^warning: /, shop.differing)}\`, an error outside development; ${summaryOf(printed)}`,
    lost: await lost(),
    fixedBy: '`up`, with a Redis that is empty',
  };
});

fault('F21', 'somebody else made a volume of a name that a new stack needs', async () => {
  const { project } = shop;
  project.writeStack('other', shopStack(await freePort()));
  const name = `${project.name}-other-postgres-data`;
  await docker.createVolume({ Name: name });
  const { code, stderr } = await project.run(['up', '-s', 'other', '--yes']);
  expect(code).toBe(1);
  // Nothing was made.
  expect((await leftovers(project.name)).filter((one) => one.includes('-other-'))).toEqual([]);
  // It is still there, and can be removed.
  await docker.getVolume(name).remove();
  const preview = await project.run(['preview', '-s', 'other']);
  expect(preview.code, preview.stderr).toBe(0);
  return {
    sees: messageLine(stderr, /exists on the engine/, shop.differing),
    lost: 'nothing',
    fixedBy: 'remove that volume, or rename the stack',
  };
});

fault('F18', "another program takes the edge's port while the edge is away", async () => {
  const lost = await shop.marked();
  await docker.getContainer(await shop.idOf('edge')).remove({ force: true });
  const listen = `require('net').createServer().listen(${shop.port}, '127.0.0.1', () => console.log())`;
  const other = spawn(process.execPath, ['-e', listen]);
  await once(other.stdout, 'data');
  const refused = await shop.project.run(['up', '-s', shop.stack, '--yes']);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(refused.code).toBe(1);
  await shop.up();
  return {
    sees: messageLine(refused.stderr, /is taken by/, shop.differing),
    lost: await lost(),
    fixedBy: 'stop that program, `up`',
  };
});

/** Writes values of 1 MiB until Redis refuses; prints its answer. */
const filler = `
const Redis = require('ioredis');
const client = new Redis(require('fs').readFileSync('/run/secrets/REDIS_URL', 'utf8').trim());
(async () => {
  for (let n = 0; ; n += 1) await client.set('fill:' + n, 'x'.repeat(1 << 20));
})().catch((error) => {
  process.stdout.write(error.message);
  process.exit(0);
});`;

fault('N3', 'Redis is full', async () => {
  const lost = await shop.marked();
  const { email, password } = seededAdmin;
  const logIn = () => post(`${shop.url}/admin/auth`, { email, password });
  expect((await logIn()).status).toBe(200);
  const refused = await shop.inBackend('node', '-e', filler);
  expect(refused).toMatch(/^OOM /);
  const products = await get(`${shop.url}/store/products`);
  const login = await logIn();
  const described = shopStack(shop.port);
  shop.project.writeStack(shop.stack, { ...described, redis: { memory: '512Mi' } });
  const summary = summaryOf(await shop.up());
  await shop.serves();
  expect((await logIn()).status).toBe(200);
  return {
    sees: `Redis refuses to write: \`${refused.trim()}\`; products are answered with ${products.status}, a login with ${login.status}; \`up\`: ${summary}`,
    lost: await lost(),
    fixedBy: 'raise `redis.memory`, `up`',
  };
});

fault('N2', 'PostgreSQL is disconnected from the network while the store runs', async () => {
  const lost = await shop.marked();
  await docker
    .getNetwork(`${shop.project.name}-${shop.stack}-data`)
    .disconnect({ Container: await shop.idOf('database') });
  await eventually(() => expect(productTitles(shop.url)).rejects.toThrow());
  const status = await shop.project.run(['status', '-s', shop.stack]);
  expect(status.code).toBe(1);
  const printed = await shop.up();
  expect(await productTitles(shop.url)).toEqual(seededTitles);
  const differing = { [shop.project.name]: 'shop' };
  const state = /running, not in the network \S+/
    .exec(status.stdout)?.[0]
    .replace(shop.project.name, 'shop');
  return {
    sees: `the store answers 500; \`status\`: \`${state}\`; \`up\`: \`${messageLine(printed, /^connecting /, differing)}\`, ${summaryOf(printed)}`,
    lost: await lost(),
    fixedBy: '`up`',
  };
});

fault('F20', "PostgreSQL's volume is removed by hand, and `up`", async () => {
  const lost = await shop.marked();
  await docker.getContainer(await shop.idOf('database')).remove({ force: true });
  await docker.getVolume(`${shop.project.name}-${shop.stack}-postgres-data`).remove();
  const printed = await shop.up();
  expect(printed).toContain('created database-volume (Volume)');
  return {
    sees: `\`${messageLine(printed, /^warning: /, shop.differing)}\`, an error outside development; ${summaryOf(printed)}`,
    lost: await lost(),
    fixedBy: '`up`, with a database that is empty and seeded',
  };
});

fault('F15', 'all containers are disconnected, and their networks are removed', async () => {
  const lost = await shop.marked();
  for (const name of await networksOf(shop.project.name)) {
    const network = docker.getNetwork(name);
    for (const id of Object.keys((await network.inspect()).Containers ?? {})) {
      await network.disconnect({ Container: id, Force: true });
    }
    await network.remove();
  }
  await expect(get(`${shop.url}/health`)).rejects.toThrow();
  const summary = summaryOf(await shop.up());
  return {
    sees: `the store does not answer; \`up\`: ${summary}`,
    lost: await lost(),
    fixedBy: '`up`',
  };
});
