import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import type { StartingReplica } from '../../../src/docker/container-runtime.ts';
import { ReleaseStart } from '../../../src/docker/release-start.ts';
import { UserError } from '../../../src/errors.ts';
import { FakeContainer, type FakeState } from '../../support/unit/fake-engine.ts';

const newAlias = 'backend-new';
const stack = { 'medusa-infra.stack': 'dev' };
const replica = (title: string): StartingReplica => ({
  title,
  pidsLimit: 256,
  cpuMillis: 500,
  timeoutSeconds: 0.02,
  release: { alias: newAlias, labels: stack },
  edgeId: 'edge',
  secrets: ['s3cret-value'],
});

const starting: FakeState = { Running: true, Health: { Status: 'starting' } };
const healthy: FakeState = { Running: true, Health: { Status: 'healthy' } };
const crashed: FakeState = { Running: false, ExitCode: 1 };

interface World {
  /** Name -> container and its release. */
  readonly replicas: Readonly<Record<string, readonly [FakeContainer, release: string]>>;
  /** Release that the edge sends requests to. */
  readonly route?: string;
  /** Lines of the engine's events. */
  readonly events?: readonly object[];
}

function startIn({ replicas, route, events = [] }: World): ReleaseStart {
  const edge = {
    getArchive: async () => {
      if (!route) throw Object.assign(new Error('no such file'), { statusCode: 404 });
      const archive = pack();
      archive.entry({ name: 'active', type: 'directory' });
      archive.entry({ name: `active/${route}` }, '');
      archive.finalize();
      return archive;
    },
  };
  const engine = {
    getContainer: (id: string) => (id === 'edge' ? edge : replicas[id]?.[0]),
    getEvents: async () => Readable.from(events.map((event) => `${JSON.stringify(event)}\n`)),
    listContainers: async () =>
      Object.entries(replicas)
        .filter(([, [container]]) => !container.done.includes('stop'))
        .map(([Id, [, release]]) => ({ Id, Labels: { 'medusa-infra.release': release } })),
  };
  return new ReleaseStart(
    engine as unknown as Docker,
    'edge',
    { alias: newAlias, labels: stack },
    { pollMilliseconds: 1, yieldMilliseconds: 50 },
  );
}

async function errorOf(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`no UserError but ${error}`);
  return error;
}

test('a replica that is healthy already is left alone', async () => {
  const one = new FakeContainer([healthy]);
  await startIn({ replicas: { one: [one, newAlias] } }).start('one', replica('backend-1'));
  expect(one.done).toEqual([]);
});

test.each([
  ['of the first release uses every processor', undefined, 'quota -1, shares 1024'],
  ['of the running release does so too', newAlias, 'quota -1, shares 1024'],
  ['next to a running release takes what that one leaves', 'old', 'quota -1, shares 128'],
])('a start %s', async (_, route, expected) => {
  const one = new FakeContainer([starting, starting, healthy]);
  const start = startIn({ replicas: { one: [one, newAlias] }, ...(route ? { route } : {}) });
  await start.start('one', { ...replica('backend-1'), timeoutSeconds: 5 });
  expect(one.done).toEqual([expected]);
});

test('a start that takes long on a busy machine gets its share after a while, which does not count', async () => {
  const one = new FakeContainer([starting]);
  const start = startIn({ replicas: { one: [one, newAlias] }, route: 'old' });
  await errorOf(start.start('one', { ...replica('backend-1'), timeoutSeconds: 0.2 }));
  expect(one.done).toEqual(['quota -1, shares 128', 'quota -1, shares 1024', 'stop']);
});

test('a crash is reported at once, stops the whole release and leaves the running one', async () => {
  const one = new FakeContainer([healthy]);
  const two = new FakeContainer([starting, crashed], 'token s3cret-value is bad\nError: no');
  const three = new FakeContainer([starting]);
  const old = new FakeContainer([healthy]);
  const start = startIn({
    replicas: {
      one: [one, newAlias],
      two: [two, newAlias],
      three: [three, newAlias],
      old: [old, 'old'],
    },
    route: 'old',
  });
  await start.start('one', replica('backend-1'));
  const { message } = await errorOf(
    start.start('two', { ...replica('backend-2'), timeoutSeconds: 600 }),
  );
  expect(message).toMatchInlineSnapshot(`
    "backend-2: ended with exit code 1 instead of serving. Its last lines:
      token *** is bad
      Error: no
    The previous release keeps running; all replicas of this one were stopped. Fix the backend or the stack file, then run up again."
  `);
  expect([one, two, three, old].map(({ done }) => done)).toEqual([
    ['stop'],
    ['quota -1, shares 128', 'stop'],
    ['stop'],
    [],
  ]);
});

test('replicas that start together fail with one error, one that comes later too, and is stopped', async () => {
  const one = new FakeContainer([starting, crashed], 'first');
  const two = new FakeContainer([starting, starting, starting, { Running: false, ExitCode: 143 }]);
  const late = new FakeContainer([starting]);
  const start = startIn({ replicas: { one: [one, newAlias], two: [two, newAlias] } });
  const patient = { timeoutSeconds: 600 };
  const [first, second] = await Promise.all([
    errorOf(start.start('one', { ...replica('backend-2'), ...patient })),
    errorOf(start.start('two', { ...replica('backend-3'), ...patient })),
  ]);
  expect(second).toBe(first);
  expect(first.message).toMatchInlineSnapshot(`
    "backend-2: ended with exit code 1 instead of serving. Its last lines:
      first
    All its replicas were stopped, and no release is running yet. Fix the backend or the stack file, then run up again."
  `);
  const startAgain = startIn({ replicas: { one: [one, newAlias], late: [late, 'none'] } });
  const failure = await errorOf(startAgain.start('one', replica('backend-2')));
  expect(await errorOf(startAgain.start('late', replica('backend-4')))).toBe(failure);
  expect(late.done).toEqual(['stop']);
});

test('one that never becomes healthy is reported with the output of its health check', async () => {
  const Health = { Status: 'unhealthy', Log: [{ Output: 'GET /health: status 500\n' }] };
  const one = new FakeContainer([{ Running: true, Health }]);
  const start = startIn({ replicas: { one: [one, newAlias] } });
  const { message } = await errorOf(start.start('one', replica('backend-1')));
  expect(message).toMatchInlineSnapshot(`
    "backend-1: not healthy within 0.02 seconds; its health check says: GET /health: status 500. Its last lines:
      (no output)
    All its replicas were stopped, and no release is running yet. Fix the backend or the stack file, then run up again."
  `);
});

test('one that ran out of memory is reported with its limit', async () => {
  const state = { Running: false, ExitCode: 137, OOMKilled: true };
  const one = new FakeContainer([state]);
  one.memory = 64 * 1024 * 1024;
  const { message } = await errorOf(
    startIn({ replicas: { one: [one, newAlias] } }).start('one', replica('backend-1')),
  );
  expect(message.split('. ')[0]).toBe('backend-1: ran out of memory: its limit is 64 MiB');
});

test('one that crashed and runs again is reported with the exit code of its events', async () => {
  const one = new FakeContainer([starting, { ...starting, RestartCount: 1 }]);
  const events = [{ Action: 'die', Actor: { Attributes: { exitCode: '78' } } }];
  const start = startIn({ replicas: { one: [one, newAlias] }, events });
  const { message } = await errorOf(
    start.start('one', { ...replica('backend-1'), timeoutSeconds: 600 }),
  );
  expect(message.split('. ')[0]).toBe('backend-1: ended with exit code 78 instead of serving');
});

test('a replica of the running release may crash and come back, and is never stopped', async () => {
  const restarting = { Running: true, Restarting: true, ExitCode: 1 };
  const one = new FakeContainer([restarting, restarting, { ...healthy, RestartCount: 2 }]);
  const two = new FakeContainer([starting], 'waiting for PostgreSQL');
  const start = startIn({
    replicas: { one: [one, newAlias], two: [two, newAlias] },
    route: newAlias,
  });
  await start.start('one', { ...replica('backend-1'), timeoutSeconds: 5 });
  const { message } = await errorOf(start.start('two', replica('backend-2')));
  expect(message).toMatchInlineSnapshot(`
    "backend-2: not healthy within 0.02 seconds. Its last lines:
      waiting for PostgreSQL
    It belongs to the running release, so nothing was stopped. Fix the cause, then run up again."
  `);
  expect([...one.done, ...two.done]).not.toContain('stop');
});
