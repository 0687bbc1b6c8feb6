import type Docker from 'dockerode';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import { docker } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { fault, messageLine } from '../support/faults/fault.ts';
import { Shop, summaryOf } from '../support/faults/shop.ts';
import { get, probe } from '../support/http.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.create();
  await shop.up();
});

afterAll(() => shop?.project.cleanup());

/** Writes rows as the backend's role until the server is gone; returns how many were acknowledged. */
const writer = `
const { Client } = require('pg');
const { readFileSync } = require('fs');
const client = new Client({ connectionString: readFileSync('/run/secrets/DATABASE_URL', 'utf8').trim() });
client.on('error', () => {});
(async () => {
  await client.connect();
  let rows = 0;
  try {
    for (;;) {
      await client.query('INSERT INTO marks.written VALUES ($1)', [rows]);
      rows += 1;
    }
  } catch {
    // The server is gone: what it acknowledged until then counts.
  }
  process.stdout.write(String(rows));
  process.exit(0);
})();`;

fault('F8', "PostgreSQL's process is killed while rows are written", async () => {
  const lost = await shop.marked();
  await shop.sql('CREATE TABLE marks.written (row int); GRANT ALL ON SCHEMA marks TO PUBLIC');
  await shop.sql('GRANT ALL ON marks.written TO PUBLIC');
  const database = await shop.idOf('database');
  const asking = probe(`${shop.url}/store/products`, {}, 50);
  const writing = shop.inBackend('node', '-e', writer);
  await eventually(async () =>
    expect(Number((await shop.sql('SELECT count(*) FROM marks.written'))[0])).toBeGreaterThan(50),
  );
  await shop.killProcessOf(database);
  const acknowledged = Number(await writing);
  await shop.serves();
  const { failures } = await asking.stop();
  // Five hundred, and nothing else: the backend stays, and connects again by itself.
  for (const failure of failures) expect(failure).toMatch(/: 500$/);
  const found = Number((await shop.sql('SELECT count(*) FROM marks.written'))[0]);
  expect(acknowledged).toBeGreaterThan(50);
  expect(found).toBeGreaterThanOrEqual(acknowledged);
  expect(await lost()).toBe('nothing');
  return {
    sees: 'the store answers 500 until PostgreSQL runs again, a few seconds later',
    lost: 'nothing: all rows that were acknowledged are there',
    fixedBy: 'nothing',
  };
});

fault('F9', '`docker kill` of all containers', async () => {
  const lost = await shop.marked();
  const all = await shop.servers();
  await Promise.all(all.map(({ id }) => docker.getContainer(id).kill()));
  expect((await shop.servers()).map(({ state }) => state)).toEqual(all.map(() => 'exited'));
  await expect(get(`${shop.url}/health`)).rejects.toThrow();
  const status = await shop.project.run(['status', '-s', shop.stack]);
  expect(status.code).toBe(1);
  const health = messageLine(status.stdout, /^health/, shop.differing);
  const summary = summaryOf(await shop.up());
  return {
    sees: `all stay down; \`status\`: \`${health.replace(/ +/g, ' ')}\`; \`up\`: ${summary}`,
    lost: await lost(),
    fixedBy: '`up`',
  };
});

fault('F10', 'the first process of every container is killed at once', async () => {
  const lost = await shop.marked();
  const all = await shop.servers();
  const began = await Promise.all(all.map(({ id }) => shop.startOf(id)));
  await Promise.all(all.map(({ id }) => shop.killProcessOf(id)));
  await Promise.all(all.map(({ id }, index) => shop.startedAgain(id, began[index])));
  return {
    sees: 'the store fails until the engine has started all of them again',
    lost: await lost(),
    fixedBy: 'nothing',
  };
});

/** Does something to each server, and to the store, one after the other, with an `up` after each; what those said. */
async function eachWithUp(act: (container: Docker.Container) => Promise<unknown>): Promise<string> {
  const said: string[] = [];
  for (const component of ['database', 'redis', 'edge', 'backend']) {
    await act(docker.getContainer(await shop.idOf(component)));
    said.push(`${component}: ${summaryOf(await shop.up())}`);
    await shop.serves();
  }
  return said.join('; ');
}

fault(
  'F11',
  '`docker stop` of each container, one after the other, and `up` after each',
  async () => {
    const lost = await shop.marked();
    const sees = await eachWithUp((container) => container.stop());
    return { sees, lost: await lost(), fixedBy: '`up`' };
  },
);

fault(
  'F12',
  '`docker rm -f` of each container, one after the other, and `up` after each',
  async () => {
    const lost = await shop.marked();
    const sees = await eachWithUp((container) => container.remove({ force: true }));
    return { sees, lost: await lost(), fixedBy: '`up`' };
  },
);

fault('F13', "Redis' process is killed", async () => {
  const lost = await shop.marked();
  const id = await shop.idOf('redis');
  const began = await shop.startOf(id);
  const asking = probe(`${shop.url}/store/products`);
  await shop.killProcessOf(id);
  await shop.startedAgain(id, began);
  await shop.serves();
  expect((await asking.stop()).failures).toEqual([]);
  return {
    sees: 'nothing: the products are served meanwhile',
    lost: await lost(),
    fixedBy: 'nothing',
  };
});

fault('F16', '`docker update` of a container, and a network added to it', async () => {
  const lost = await shop.marked();
  const id = await shop.idOf('redis');
  const facts = async () => {
    const { HostConfig } = await docker.getContainer(await shop.idOf('redis')).inspect();
    return { memory: HostConfig.Memory, restart: HostConfig.RestartPolicy?.Name };
  };
  const before = await facts();
  await execa('docker', [
    'update',
    '--memory',
    '300m',
    '--memory-swap',
    '300m',
    '--restart',
    'no',
    id,
  ]);
  expect(await facts()).toEqual({ memory: 300 * 2 ** 20, restart: 'no' });
  await docker.getNetwork('bridge').connect({ Container: id });
  const printed = await shop.up();
  expect(await facts()).toEqual(before);
  const warning = messageLine(printed, /^warning: .+ is also in the network/, shop.differing);
  // The network stays, which the warning is about.
  await docker.getNetwork('bridge').disconnect({ Container: id });
  return {
    sees: `\`${warning}\`; memory and restart policy are as in the stack file again`,
    lost: await lost(),
    fixedBy: '`up`; the network by hand, as the warning says',
  };
});

fault('F17', 'a container is renamed', async () => {
  const lost = await shop.marked();
  const edge = docker.getContainer(await shop.idOf('edge'));
  await edge.rename({ name: `${shop.project.name}-renamed` });
  const printed = await shop.up();
  const names = (await shop.servers()).map(({ name }) => name);
  expect(names).toContain(`${shop.project.name}-${shop.stack}-edge`);
  expect(names).not.toContain(`${shop.project.name}-renamed`);
  return { sees: `\`up\`: ${summaryOf(printed)}`, lost: await lost(), fixedBy: '`up`' };
});
