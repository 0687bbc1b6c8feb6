import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { execIn, runningOf } from '../../support/engine.ts';
import { filesBelow, findLeaks } from '../../support/leaks.ts';
import { type Moment, RotatedStore } from '../../support/rotated-store.ts';
import { visiblePlaces } from '../../support/visible.ts';
import { Witness } from '../../support/witness.ts';

// One store, asked all the time: a rotation of it is killed at each of its steps, and run again.

const stack = 'staging';
/** Milliseconds for a case: several runs, of which each may wait for a busy machine. */
const patience = 1_800_000;
const allWell = { store: 200, session: 200, token: 200 };
const inOrder = { pending: [], toDelete: [], unknown: [], gone: [] };
let store: RotatedStore;
let witness: Witness;
let atRest: Awaited<ReturnType<RotatedStore['inventory']>>;

beforeAll(async () => {
  store = await RotatedStore.create();
  witness = new Witness(store.project.name);
  await store.open();
  atRest = await store.inventory();
  expect(await store.remember()).toEqual(inOrder);
});

afterAll(() => store.close());

interface Kill {
  readonly step: string;
  readonly reached: (was: Moment, printed: string) => boolean | Promise<boolean>;
  /** That the kill hit this step and no other. */
  readonly hit?: (was: Moment) => Promise<void>;
}

const routeChanged = async (was: Moment) => (await store.route()) !== was.route;
const noneNew = async (was: Moment) => expect(await store.newReplicas(was)).toEqual([]);

const edited: Kill = {
  step: 'right after the edit of the file',
  reached: (was) => store.text !== was.text,
  hit: noneNew,
};
const preparing: Kill = {
  step: 'while the roles are prepared',
  reached: (was) => store.started('prepare-sql', was),
  hit: noneNew,
};
const migrating: Kill = {
  step: 'while it migrates',
  reached: (was) => store.started('prepare-migrate', was),
  hit: noneNew,
};
const starting: Kill = {
  step: 'when the first new replica starts',
  reached: async (was) => (await store.newReplicas(was)).some(({ running }) => running),
  async hit(was) {
    expect((await store.newReplicas(was)).map(({ healthy }) => healthy)).toEqual([false]);
    expect(await routeChanged(was)).toBe(false);
  },
};
const healthy: Kill = {
  step: 'when all new replicas are healthy',
  // The run sees it at the same time: where it was faster, the requests have just gone to them.
  reached: async (was, printed) =>
    /requests go to /.test(printed) || (await store.healthyReplicas(was)) === 2,
  hit: async (was) => expect(await store.oldReplicas(was)).toHaveLength(2),
};
const draining: Kill = {
  step: 'when requests go to the new replicas and the old ones drain',
  // The line shows that this very run is there, not one before it that was killed.
  reached: (was, printed) => /requests go to /.test(printed) && routeChanged(was),
  async hit(was) {
    expect(await store.oldReplicas(was)).toHaveLength(2);
    expect(await store.openRoles()).toEqual(['medusa_a', 'medusa_b']);
  },
};
const retired: Kill = {
  step: 'when the old role is closed',
  reached: async () => (await store.openRoles()).length === 1,
};
const removing: Kill = {
  step: 'while the old replicas are removed',
  reached: async (was) => (await store.oldReplicas(was)).length < 2,
  hit: async (was) => expect(await routeChanged(was)).toBe(true),
};
const proving: Kill = {
  step: 'during the proof',
  reached: (_, printed) => /unchanged, in \d/.test(printed),
  hit: async (was) => expect(await store.oldReplicas(was)).toEqual([]),
};

interface Case {
  /** Rotated together, by one command. */
  readonly secrets: readonly ('cookie' | 'database' | 'jwt' | 'redis')[];
  /** Each in a run of the same command. */
  readonly kills: readonly Kill[];
  /** What the last run asks for. @default the same secrets */
  readonly finishedBy?: string;
}

const cases: readonly Case[] = [
  {
    secrets: ['jwt', 'database'],
    kills: [edited, preparing, starting, draining, retired],
  },
  {
    secrets: ['cookie', 'redis'],
    kills: [migrating, healthy, removing, proving],
    // Nothing is due: what was interrupted is finished whatever is asked for.
    finishedBy: '--due',
  },
];

const titled = cases.map(({ secrets, kills, finishedBy }) => ({
  secrets,
  kills,
  last: finishedBy === undefined ? secrets : [finishedBy],
  names: secrets.join(' and '),
  when: kills.map(({ step }) => step).join(', then '),
}));

describe('a rotation that is killed is finished by another run:', () => {
  test.each(titled)('$names, $when', { timeout: patience }, async (rotation) => {
    const { secrets, names, kills, last } = rotation;
    const command = ['rotate', ...secrets, '-s', stack, '--yes'];
    const was = await store.moment();
    const versions = { ...store.versions };
    for (const name of secrets) versions[name] = (versions[name] ?? 0) + 1;
    const urls = await store.loginUrls();
    for (const { step, reached, hit } of kills) {
      const began = Date.now();
      await store.runKilledWhen(command, step, (printed) => reached(was, printed));
      const route = (await routeChanged(was)) ? 'new' : 'old';
      console.log(`${names}: killed ${step}, after ${seconds(Date.now() - began)}, route ${route}`);
      await hit?.(was);
      expect(await store.answers()).toEqual(allWell);
      expect(store.versions).toEqual(versions);
      await witness.look();
    }

    const text = store.text;
    const result = await store.run(['rotate', ...last, '-s', stack, '--yes']);
    const { code, stdout, stderr } = result;
    console.log(`${names}: finished in ${seconds(result.seconds * 1000)}`);
    expect(stdout, stderr).toContain('finishing an interrupted rotation');
    expect(stdout.split('\n').filter((line) => /^(FAILED|-) {2,}/.test(line))).toEqual([]);
    expect(code, stdout + stderr).toBe(0);
    expect(store.text).toBe(text);
    expect(await store.answers()).toEqual(allWell);

    // Exactly the replicas that there should be, with the new value, and nothing else.
    expect(await store.inventory()).toEqual(atRest);
    const release = await store.route();
    const label = Object.entries(versions).map(([name, version]) => `${name}=${version}`);
    for (const replica of await store.allReplicas()) {
      expect(replica).toMatchObject({ running: true, release, versions: label.join(' ') });
    }
    expect(await store.remember()).toEqual(inOrder);
    // The previous value opens nothing; the other server's login is as it was.
    const expected = {
      database: !secrets.includes('database'),
      redis: !secrets.includes('redis'),
    };
    expect(await store.logsIn(urls)).toEqual(expected);
    const due = await store.run(['rotate', '--due', '-s', stack]);
    expect(due.stdout, due.stderr).toBe('nothing is due');
    const outlook = await store.run(['preview', '-s', stack, '--expect-no-changes']);
    expect(outlook.code, outlook.stdout + outlook.stderr).toBe(0);
    await witness.look();
  });
});

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

test('no request failed and nobody was logged out in all that time', async () => {
  const reports = await store.stopAsking();
  console.log(
    reports.map(({ sent, slowestSeconds }) => `${sent} requests, the slowest ${slowestSeconds} s`),
  );
  expect(reports.flatMap(({ failures }) => failures)).toEqual([]);
  for (const { sent } of reports) expect(sent).toBeGreaterThan(100);
});

test('no value, old or new, was ever to be seen', async () => {
  // One of each version that ever was.
  const versions = Object.values(store.versions).reduce((sum, version) => sum + version, 0);
  expect(Object.keys(store.values)).toHaveLength(versions);
  const places = [
    ...witness.places,
    ...(await visiblePlaces(store.project, stack)),
    ...filesBelow(store.temporary),
  ];
  expect(places.length).toBeGreaterThan(200);
  expect(findLeaks(store.values, places)).toEqual([]);
  // The search finds what is there: two of each kept secret, one of the others.
  const [backend] = await runningOf(store.project.name, stack, 'backend');
  const files = await execIn(backend?.id ?? '', ['/bin/sh', '-c', 'cat /run/secrets/*']);
  expect(findLeaks(store.values, [{ place: 'secret files', text: files }])).toHaveLength(6);
});
