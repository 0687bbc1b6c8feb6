import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BenchStack } from '../../../bench/rotation/bench-stack.ts';
import { failureLines } from '../../../bench/rotation/table.ts';
import { broken, type Measured, underLoad } from '../../../bench/rotation/under-load.ts';
import { drain } from '../../../src/docker/drain.ts';
import { execIn } from '../../../src/docker/exec.ts';
import { containersOf, docker, logsOf } from '../../support/engine.ts';
import { copyOfStore, dockerfileWith, storeFolder } from '../../support/stacks.ts';

// Two replicas of the store as production runs it, each change under a small constant load with
// connections that are kept, reads, writes and logged-in sessions.
const stack = 'staging';
const command = ['backend', 'command'];
let bench: BenchStack;
let greeting = 0;

beforeAll(async () => {
  bench = await BenchStack.create();
  bench.edit(['backend', 'stopGrace'], '10s');
  await bench.up();
});

afterAll(() => bench.close());

/** Does something under load; throws where a request failed, a login was lost or it came out wrong. */
async function withoutAGap<T>(title: string, change: () => Promise<T>): Promise<T> {
  // Little enough that a machine with other work to do keeps up.
  return (await loaded(title, change, 10)).result;
}

async function loaded<T>(
  title: string,
  change: () => Promise<T>,
  rate: number,
): Promise<{ readonly result: T; readonly measured: Measured }> {
  let result: { readonly value: T } | undefined;
  const measured = await underLoad(
    bench,
    title,
    async () => {
      result = { value: await change() };
    },
    { rate, leadSeconds: 1, tailSeconds: 2 },
  );
  const { commandSeconds, requests, logins, p50, p99 } = measured;
  console.log(
    `${title}: ${commandSeconds.toFixed(0)} s, ${requests} requests, ${logins} logins, ` +
      `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
  );
  expect({ broken: broken(measured), failures: failureLines(measured).slice(0, 5) }).toEqual({
    broken: [],
    failures: [],
  });
  if (!result) throw new Error(`${title}: it had no result`);
  return { result: result.value, measured };
}

/**
 * The short form of `npm run bench -- rotation`: the same load, at a tenth of the rate, so that a slow
 * machine keeps up. Sessions and tokens are opened before and during the change.
 */
async function unnoticed(title: string, change: () => Promise<unknown>): Promise<void> {
  const rate = 20;
  const { measured } = await loaded(title, change, rate);
  expect(measured.requests).toBeGreaterThan(measured.commandSeconds * rate);
  expect(measured.logins).toBeGreaterThan(16);
  expect(measured.writes.stored).toBe(measured.writes.asked);
  expect(measured.writes.stored).toBeGreaterThan(0);
}

function changeVariable(): void {
  greeting += 1;
  bench.edit(['backend', 'env', 'GREETING'], `hello ${greeting}`);
}

/** Ids of all the stack's backend containers, those that have stopped too. */
async function allReplicas(): Promise<string[]> {
  const found = await containersOf(bench.project.name, stack);
  return found.filter(({ component }) => component === 'backend').map(({ id }) => id);
}

/** Two new replicas serve, and nothing is left of those before. */
async function expectReleased(before: readonly string[]): Promise<void> {
  const after = await bench.replicas();
  expect(after).toHaveLength(2);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
  expect(await allReplicas()).toEqual(after);
  expect(await status()).toMatchObject({ code: 0, report: { ok: true, missing: [] } });
}

async function status() {
  const { code, stdout } = await bench.project.run(['status', '-s', stack, '--json']);
  return { code, report: JSON.parse(stdout) as { ok: boolean; missing: string[] } };
}

describe('a changed variable', () => {
  test('is live in new replicas, no request fails and nothing is left over', async () => {
    const before = await bench.replicas();
    changeVariable();
    await unnoticed('a changed variable', () => bench.up());
    await expectReleased(before);
  });
});

describe('a rotation of all secrets', () => {
  test('fails no request, and everybody stays logged in', async () => {
    const before = await bench.replicas();
    await unnoticed('rotate --all', () => bench.run('rotate', '--all', '--yes'));
    await expectReleased(before);
  });
});

describe('a release that crashes', () => {
  const script = `console.error('the secret is ' + process.env.JWT_SECRET); process.exit(3)`;

  test('ends the up at once, with its last lines; the running release is not touched', async () => {
    const before = await bench.replicas();
    bench.edit(command, ['node', '-e', script]);
    // A new image as well: it has to go with the release.
    const build = copyOfStore(join(bench.project.folder, 'store'), {
      Dockerfile: dockerfileWith('ENV RELEASE=two'),
    });
    bench.edit(['backend', 'image', 'build'], build);
    const { stderr, seconds } = await withoutAGap('a release that crashes', () =>
      bench.failingUp(),
    );
    expect(stderr).toContain(
      [
        'backend-1: ended with exit code 3 instead of serving. Its last lines:',
        '  the secret is ***',
      ].join('\n'),
    );
    expect(stderr).toContain(
      '\nThe previous release keeps running; all replicas of this one were stopped. Fix the backend or the stack file, then run up again.\n',
    );
    // health.start is 120 seconds; the image is built and the database prepared in this time, too.
    expect(seconds).toBeLessThan(115);
    expect(await bench.replicas()).toEqual(before);
    expect(await allReplicas()).toHaveLength(3);
    expect(await status()).toMatchObject({ code: 0, report: { ok: true, missing: [] } });
  });

  test('is gone when the file is put back, and the running release goes on', async () => {
    const before = await bench.replicas();
    bench.edit(command, undefined);
    bench.edit(['backend', 'image', 'build'], storeFolder);
    await withoutAGap('the file put back', () => bench.up());
    expect(await bench.replicas()).toEqual(before);
    expect(await allReplicas()).toEqual(before);
    const preview = await bench.project.run(['preview', '-s', stack, '--expect-no-changes']);
    expect(preview.code, preview.stdout).toBe(0);
  });
});

describe('a release that listens but does not become healthy', () => {
  const server = `require('http').createServer((request, response) => {
    console.log(request.method, request.url);
    response.writeHead(418).end();
  }).listen(9000)`;

  test('never gets a request', async () => {
    const before = await bench.replicas();
    bench.edit(command, ['node', '-e', server]);
    bench.edit(['backend', 'health'], { start: '5s' });
    const { stderr } = await withoutAGap('a release that is never healthy', () =>
      bench.failingUp(),
    );
    expect(stderr).toContain(
      'backend-1: not healthy within 20 seconds; its health check says: GET /health: status 418. Its last lines:\n',
    );
    const failed = (await allReplicas()).filter((id) => !before.includes(id));
    expect(failed).toHaveLength(1);
    const asked = new Set((await logsOf(failed[0] ?? '')).split('\n').filter(Boolean));
    expect([...asked]).toEqual(['GET /health']);
  });

  test('is followed by the fixed one, although that up is killed while new replicas start', async () => {
    const before = await bench.replicas();
    const known = new Set(await allReplicas());
    bench.edit(command, undefined);
    bench.edit(['backend', 'health'], undefined);
    changeVariable();
    await withoutAGap('the fixed release, killed and run again', async () => {
      await bench.upKilledWhen('a new replica was there', async () =>
        (await allReplicas()).some((id) => !known.has(id)),
      );
      await bench.up();
    });
    await expectReleased(before);
  });
});

describe('an up that is killed between the switch and the end', () => {
  test('is finished by the next one', async () => {
    const before = await bench.replicas();
    const route = await bench.route();
    changeVariable();
    await withoutAGap('an up killed after the switch, and the next one', async () => {
      await bench.upKilledWhen('the switch', async () => (await bench.route()) !== route);
      await bench.up();
    });
    await expectReleased(before);
  });
});

describe('a replica that does not stop by itself', () => {
  test('is killed when its time is over', async () => {
    const [id = ''] = await bench.replicas();
    const replica = docker.getContainer(id);
    // Frozen, it answers to no signal: what Medusa does while its Redis is gone, at times.
    const freeze = 'kill -STOP $(cat /proc/1/task/1/children)';
    expect(await execIn(replica, ['/bin/sh', '-c', freeze])).toMatchObject({ exitCode: 0 });
    const began = Date.now();
    await drain(replica, { port: 9000, graceSeconds: 6, awaitQuiet: true });
    const { State: state } = await replica.inspect();
    expect({ running: state.Running, code: state.ExitCode }).toEqual({ running: false, code: 137 });
    expect((Date.now() - began) / 1000).toBeLessThan(20);
  });

  test('comes back with the next up; the other replica is left alone', async () => {
    const [other] = await bench.replicas();
    await bench.up();
    const after = await bench.replicas();
    expect(after).toHaveLength(2);
    expect(after).toContain(other);
    expect(await allReplicas()).toEqual(after);
  });
});
