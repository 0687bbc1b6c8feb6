import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { containersOf, leftovers, networksOf, volumesOf } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { fault, messageLine } from '../support/faults/fault.ts';
import { Shop } from '../support/faults/shop.ts';
import { runKilledWhen } from '../support/killed-run.ts';
import { killTree, processesWith } from '../support/processes.ts';
import { shopStack } from '../support/stacks.ts';

const up = ['up', '-s', 'dev', '--yes'];
const destroy = ['destroy', '-s', 'dev', '--yes'];

/** What a run says that finds another one killed. */
const GOES_ON = /was locked by|an earlier run was killed|which an earlier run left/;

let shop: Shop;
/** What the run after each kill of the first `up` printed, by the moment of the kill. */
const printedAfter: Record<string, string> = {};

const components = async () =>
  (await containersOf(shop.project.name)).map(({ component, state }) => `${component} ${state}`);
const isThere = (component: string) => async () =>
  (await components()).some((one) => one.startsWith(`${component} `));

/** The first `up` is killed at all of these, one after the other: each run goes on from where the one before was. */
const moments: Record<string, () => Promise<boolean>> = {
  network: async () => (await networksOf(shop.project.name)).length > 0,
  database: isThere('database'),
  starting: async () => (await components()).includes('database running'),
  migrate: isThere('prepare-migrate'),
  backend: isThere('backend'),
};

beforeAll(async () => {
  shop = await Shop.create();
  let previous: string | undefined;
  for (const [moment, reached] of Object.entries(moments)) {
    const goesOn = previous !== undefined;
    const printed = await runKilledWhen(shop.project, up, moment, async (text) => {
      // What the run before made is still there until then.
      return (!goesOn || GOES_ON.test(text)) && (await reached());
    });
    if (previous !== undefined) printedAfter[previous] = printed;
    previous = moment;
  }
  printedAfter[previous ?? ''] = await shop.up();
});

afterAll(() => shop?.project.cleanup());

/** Who holds a lock, and since when, differs from run to run. */
const lockLine = (printed: string, pattern: RegExp) => {
  const line = messageLine(printed, pattern, shop.differing);
  return `\`${line.replace(/[\w.-]+@[^,]+, process [^,]+, since [\d: -]+ UTC/, 'WHO, SINCE')}\``;
};

/** Nothing is left on the engine that the state does not know, and no operation is pending. */
async function expectStateIsWhole(): Promise<void> {
  const exported = await shop.project.pulumi('dev', ['stack', 'export', '--stack', 'dev']);
  const { deployment } = JSON.parse(exported.stdout) as {
    deployment: { resources: { type: string; id?: string }[]; pending_operations?: unknown[] };
  };
  const known = deployment.resources
    .filter(({ type }) => type === 'docker:index/container:Container')
    .map(({ id }) => id);
  const found = await containersOf(shop.project.name);
  expect(found.map(({ id }) => id).sort()).toEqual(known.sort());
  expect(deployment.pending_operations ?? []).toEqual([]);
}

const kills = [
  ['F1', 'network', 'once its network existed'],
  ['F2', 'database', "once the database's container existed"],
  ['F3', 'starting', 'while PostgreSQL started for the first time'],
  ['F4', 'migrate', 'while the migrations job was there'],
  ['F5', 'backend', 'while the first backend started'],
] as const;

for (const [id, moment, when] of kills) {
  fault(id, `the first \`up\` is killed with all that it started, ${when}`, async () => {
    const printed = printedAfter[moment] ?? '';
    expect(printed).not.toMatch(/^\s+at /m);
    await shop.serves();
    await expectStateIsWhole();
    // Pulumi may have been killed before it had the lock, or after it had given it back.
    expect(printed).toMatch(GOES_ON);
    return {
      sees: 'the next `up` unlocks the stack, removes what the killed one had not finished, and goes on',
      lost: 'nothing',
      fixedBy: '`up`',
    };
  });
}

/** A stack file whose `up` replaces the backend. */
function writeNewRelease(greeting: string): void {
  const described = shopStack(shop.port);
  const backend = { ...described.backend, env: { GREETING: greeting } };
  shop.project.writeStack('dev', { ...described, backend });
}

/** The backends that exist, whatever their state. */
const backends = async () =>
  (await containersOf(shop.project.name)).filter(({ component }) => component === 'backend');

fault('F6', 'the command alone is killed while it replaces the backend', async () => {
  const lost = await shop.marked();
  writeNewRelease('F6');
  const running = shop.project.start(up);
  await eventually(async () => expect(await backends()).toHaveLength(2), { everyMilliseconds: 50 });
  process.kill(running.pid ?? 0, 'SIGKILL');
  await running;
  // Pulumi ends with the command; its plugins stay.
  await eventually(
    () => {
      const alive = processesWith(shop.project.folder);
      expect(alive.filter((one) => !one.includes('pulumi-resource-'))).toEqual([]);
    },
    { seconds: 180 },
  );
  for (const one of processesWith(shop.project.folder)) killTree(Number.parseInt(one, 10));
  // The old release.
  await shop.serves();
  const printed = await shop.up();
  await expectStateIsWhole();
  expect(await backends()).toHaveLength(1);
  return {
    sees: `the old release serves; the next \`up\`: ${lockLine(printed, /was locked by/)}`,
    lost: await lost(),
    fixedBy: '`up`',
  };
});

fault('F7', 'two `up`s at once', async () => {
  const lost = await shop.marked();
  writeNewRelease('F7');
  const first = shop.project.start(up);
  const locks = join(
    shop.project.stateFolder,
    '.pulumi/locks/organization',
    shop.project.name,
    'dev',
  );
  await eventually(() => expect(existsSync(locks) && readdirSync(locks).length).toBe(1));
  const second = await shop.project.run(up);
  const { exitCode } = await first;
  expect(second.code).toBe(1);
  expect(exitCode).toBe(0);
  await expectStateIsWhole();
  return {
    sees: `the second: ${lockLine(second.stderr, /is locked by/)}`,
    lost: await lost(),
    fixedBy: 'nothing: the first ends well',
  };
});

const kept = () =>
  ['postgres-data', 'redis-data', 'uploads'].map((name) => `${shop.project.name}-dev-${name}`);

fault('F44', '`destroy`, and `up`', async () => {
  const lost = await shop.marked();
  const { code, stderr } = await shop.project.run(destroy);
  expect(code).toBe(0);
  expect(await volumesOf(shop.project.name)).toEqual(kept());
  await shop.up();
  return {
    sees: `\`${messageLine(stderr, /^\d+ removed, \d+ left in place/).replace(/, in [^,]+$/, '')}\``,
    lost: await lost(),
    fixedBy: '`up`',
  };
});

/** Killed once the backend has been removed, and the servers have not. */
async function killedDestroy(component: string): Promise<string> {
  return runKilledWhen(
    shop.project,
    destroy,
    `${component} was gone`,
    async () => !(await isThere(component)()),
  );
}

fault('F45', '`destroy` is killed once the backend has been removed, and `up`', async () => {
  const lost = await shop.marked();
  await killedDestroy('backend');
  const printed = await shop.up();
  await expectStateIsWhole();
  return {
    sees: `\`up\`: ${lockLine(printed, /was locked by/)}`,
    lost: await lost(),
    fixedBy: '`up`',
  };
});

fault('N1', '`destroy` is killed twice', async () => {
  const lost = await shop.marked();
  for (const component of ['backend', 'database']) await killedDestroy(component);
  const { code, stderr } = await shop.project.run(destroy);
  expect(code).toBe(0);
  expect(await leftovers(shop.project.name)).toEqual(kept().map((name) => `volume ${name}`));
  await shop.up();
  return {
    sees: `the next: ${lockLine(stderr, /was locked by/)}`,
    lost: await lost(),
    fixedBy: '`destroy`',
  };
});

fault('F50', "Pulumi's docker plugin alone is killed while containers are made", async () => {
  const lost = await shop.marked();
  expect((await shop.project.run(destroy)).code).toBe(0);
  const running = shop.project.start(up);
  await eventually(async () => expect(await isThere('database')()).toBe(true), {
    seconds: 180,
    everyMilliseconds: 50,
  });
  for (const one of processesWith(shop.project.folder)) {
    if (one.includes('pulumi-resource-docker')) killTree(Number.parseInt(one, 10));
  }
  const { exitCode, stderr } = await running;
  expect(exitCode).toBe(1);
  const died = messageLine(stderr, /exited prematurely/);
  await shop.up();
  await expectStateIsWhole();
  return {
    sees: `\`up\` fails: \`${died.replace(/ \S+\//, ' ')}\`; after the next one, only what the state knows is there`,
    lost: await lost(),
    fixedBy: '`up`',
  };
});
