import type Docker from 'dockerode';
import { describe, expect, test } from 'vitest';
import { demultiplexed } from '../../../src/docker/container-logs.ts';
import type { JobRun } from '../../../src/docker/container-runtime.ts';
import { DockerRuntime } from '../../../src/docker/docker-runtime.ts';
import { UserError } from '../../../src/errors.ts';
import {
  engineWith,
  FakeContainer,
  FakeDatabase,
  type FakeState,
  frame,
} from '../../support/unit/fake-engine.ts';

const started = '2026-01-01T12:00:00Z';
const before = '2026-01-01T11:59:00Z';
const after = '2026-01-01T12:00:30Z';

function runtimeWith(container: FakeContainer) {
  const lines: string[] = [];
  const runtime = new DockerRuntime(engineWith({ it: container }), {
    log: (line) => lines.push(line),
    pollMilliseconds: 1,
    startedAt: new Date(started),
  });
  return { runtime, lines };
}

const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('it did not fail');
  return error;
};

const job: JobRun = {
  title: 'prepare-migrate',
  pidsLimit: 256,
  timeoutSeconds: 60,
  files: [],
  secretFiles: [],
};

describe('finish', () => {
  const ran = (state: Partial<FakeState>): FakeState => ({
    Running: false,
    StartedAt: before,
    FinishedAt: before,
    ...state,
  });
  const running: FakeState = { Running: true, StartedAt: new Date().toISOString() };

  test('a job that has ended well before is left alone', async () => {
    const container = new FakeContainer([ran({ ExitCode: 0 })]);
    await runtimeWith(container).runtime.finish('it', job);
    expect(container.done).toEqual([]);
  });

  test('a new job gets its files, starts, is limited and waited for', async () => {
    const container = new FakeContainer([
      { Running: false },
      running,
      running,
      ran({ ExitCode: 0, FinishedAt: after }),
    ]);
    await runtimeWith(container).runtime.finish('it', {
      ...job,
      files: [{ path: '/opt/medusa-infra/environment.json', content: '{}' }],
    });
    expect(container.done).toEqual([
      'put /opt/medusa-infra/environment.json {}',
      'start',
      'limit 256',
    ]);
  });

  const secretFiles = [
    { path: '/run/secrets/DATABASE_URL', content: 'postgres://it' },
    { path: '/run/secrets/JWT_SECRET', content: 'key' },
  ];

  test.each([0, 3])(
    'the secrets of a job are gone when it has ended, with code %i',
    async (ExitCode) => {
      const container = new FakeContainer([
        { Running: false },
        running,
        ran({ ExitCode, FinishedAt: after }),
      ]);
      await runtimeWith(container)
        .runtime.finish('it', { ...job, secretFiles })
        .catch(() => undefined);
      expect(container.done).toEqual([
        'put /run/secrets/DATABASE_URL postgres://it, /run/secrets/JWT_SECRET key',
        'start',
        'limit 256',
        'put /run/secrets/DATABASE_URL, /run/secrets/JWT_SECRET',
      ]);
    },
  );

  test('the secrets that an earlier run left in a job are taken out, once', async () => {
    const container = new FakeContainer([ran({ ExitCode: 0 })]);
    for (const { path, content } of secretFiles) container.files.set(path, content);
    for (const _ of [1, 2])
      await runtimeWith(container).runtime.finish('it', { ...job, secretFiles });
    expect(container.done).toEqual(['put /run/secrets/DATABASE_URL, /run/secrets/JWT_SECRET']);
    // One that is not read keeps its connection, and with it plain Pulumi's process, for ever.
    expect(container.answers.map(({ readableFlowing }) => readableFlowing)).toEqual([true, true]);
  });

  test('a job that still runs after an interrupted up is waited for, not started twice', async () => {
    const container = new FakeContainer([running, running, ran({ FinishedAt: after })]);
    await runtimeWith(container).runtime.finish('it', job);
    expect(container.done).toEqual(['limit 256']);
  });

  test('a failed job shows its exit code and last lines', async () => {
    const container = new FakeContainer(
      [{ Running: false }, running, ran({ ExitCode: 3, FinishedAt: after })],
      'one\n  two  \n\nprepare: FAILED: no such schema',
    );
    const error = await failureOf(runtimeWith(container).runtime.finish('it', job));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(
      'prepare-migrate: failed with exit code 3; the previous release keeps running, and the next up runs the job again. Its last lines:\n' +
        '  one\n    two\n  prepare: FAILED: no such schema',
    );
  });

  test('no secret of a job is shown, however it printed it', async () => {
    const secret = 'jwt-signing-key';
    const container = new FakeContainer(
      [{ Running: false }, running, ran({ ExitCode: 1, FinishedAt: after })],
      `key ${secret}\n${Buffer.from(`u:${secret}.`).toString('base64')}`,
    );
    const run = runtimeWith(container).runtime.finish('it', {
      ...job,
      secretFiles: [{ path: '/run/secrets/JWT_SECRET', content: secret }],
    });
    expect((await failureOf(run)).message.split('\n').slice(1)).toEqual([
      '  key ***',
      '  dTp***ku',
    ]);
  });

  test('only the last 25 lines are shown', async () => {
    const log = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`).join('\n');
    const container = new FakeContainer(
      [{ Running: false }, running, ran({ ExitCode: 1, FinishedAt: after })],
      log,
    );
    const { message } = await failureOf(runtimeWith(container).runtime.finish('it', job));
    const lines = message.split('\n').slice(1);
    expect(lines).toHaveLength(25);
    expect([lines[0], lines.at(-1)]).toEqual(['  line 36', '  line 60']);
  });

  test('a job that failed in an earlier run is run again', async () => {
    const container = new FakeContainer([
      ran({ ExitCode: 1, FinishedAt: before }),
      running,
      ran({ ExitCode: 0, FinishedAt: after }),
    ]);
    const { runtime, lines } = runtimeWith(container);
    await runtime.finish('it', job);
    expect(lines).toEqual(['prepare-migrate: failed in an earlier run; running it again']);
    expect(container.done).toEqual(['start', 'limit 256']);
  });

  test('a job that failed within this run is not run a second time', async () => {
    const container = new FakeContainer([ran({ ExitCode: 1, FinishedAt: after })], 'no');
    const { message } = await failureOf(runtimeWith(container).runtime.finish('it', job));
    expect(message).toMatch(/^prepare-migrate: failed with exit code 1; /);
    expect(container.done).toEqual([]);
  });

  test('a job that does not end is stopped', async () => {
    const container = new FakeContainer([{ Running: false }, running], 'waiting for the lock');
    const { message } = await failureOf(
      runtimeWith(container).runtime.finish('it', { ...job, timeoutSeconds: 0 }),
    );
    expect(message).toBe(
      'prepare-migrate: did not end within 0 seconds and was stopped; its last lines:\n  waiting for the lock',
    );
    expect(container.done).toEqual(['start', 'limit 256', 'stop']);
  });

  test.each([
    [{ OOMKilled: true, ExitCode: 137 }, 'ran out of memory'],
    [
      { Error: 'exec: "node": not found', ExitCode: 127 },
      'could not start: exec: "node": not found',
    ],
  ])('%o is named for what it is', async (state, reason) => {
    const container = new FakeContainer([
      { Running: false },
      running,
      ran({ ...state, FinishedAt: after }),
    ]);
    const { message } = await failureOf(runtimeWith(container).runtime.finish('it', job));
    expect(message.split('\n')).toEqual([
      `prepare-migrate: ${reason}; the previous release keeps running, and the next up runs the job again. Its last lines:`,
      '  (no output)',
    ]);
  });
});

describe('finish of a job whose result is in a database', () => {
  const result = { databaseId: 'db', database: 'medusa', schema: 'shop' } as const;
  const log = 'proven: schema "shop" has 78 migrations, 100 tables\nprepare: done';
  const done = { Running: false, ExitCode: 0, StartedAt: before, FinishedAt: before };

  async function finish(answer: string, expects: 'schema' | 'proven', said = log, exitCode = 0) {
    const container = new FakeContainer(
      [done, { Running: true, StartedAt: after }, { ...done, FinishedAt: after }],
      said,
    );
    const lines: string[] = [];
    const database = new FakeDatabase(answer, exitCode);
    const engine = {
      getContainer: (id: string) => (id === 'db' ? database : container),
    } as unknown as Docker;
    const runtime = new DockerRuntime(engine, { log: (line) => lines.push(line) });
    await runtime.finish('it', { ...job, result: { ...result, expects } });
    return { lines, done: container.done };
  }

  test.each([
    ['100\n78\n', 'proven'],
    ['101\n78\n', 'proven'],
    ['0\n', 'schema'],
  ] as const)('is left alone where the schema holds %j', async (answer, expects) => {
    expect(await finish(answer, expects)).toEqual({ lines: [], done: [] });
  });

  test.each([
    [
      '100\n',
      'proven',
      'schema "shop" has no list of migrations and 100 tables, and had 78 migrations and 100 tables when it was proven',
    ],
    ['', 'proven', 'schema "shop" is gone'],
    ['', 'schema', 'schema "shop" is gone'],
  ] as const)('runs again where it holds %j', async (answer, expects, why) => {
    expect(await finish(answer, expects)).toEqual({
      lines: [`prepare-migrate: ${why}; running it again`],
      done: ['start', 'limit 256'],
    });
  });

  test('runs again where an earlier version of the kit noted nothing', async () => {
    const { lines } = await finish('100\n78\n', 'proven', 'prepare: done');
    expect(lines).toEqual([
      'prepare-migrate: its log does not say what it proved; running it again',
    ]);
  });

  test('fails with what psql says where that cannot be seen', async () => {
    const error = await failureOf(finish('the server is shutting down', 'proven', log, 2));
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(
      'PostgreSQL rejected a statement of its superuser: the server is shutting down',
    );
  });
});

describe('settle', () => {
  const wanted = { title: 'shop-redis', pidsLimit: 64, timeoutSeconds: 60 };
  const up = (Status: string): FakeState => ({ Running: true, Health: { Status } });

  test('limits the processes of a healthy container, once', async () => {
    const container = new FakeContainer([up('healthy')]);
    const { runtime } = runtimeWith(container);
    await runtime.settle('it', wanted);
    await runtime.settle('it', wanted);
    expect(container.done).toEqual(['limit 64']);
  });

  test('waits for health after a start, through a spell of bad health', async () => {
    const container = new FakeContainer([up('starting'), up('unhealthy'), up('healthy')]);
    await runtimeWith(container).runtime.settle('it', wanted);
    expect((await container.inspect()).State.Health?.Status).toBe('healthy');
  });

  test('goes on with a paused container', async () => {
    const container = new FakeContainer([{ ...up('healthy'), Paused: true }, up('healthy')]);
    const { runtime, lines } = runtimeWith(container);
    await runtime.settle('it', wanted);
    expect(container.done).toEqual(['unpause', 'limit 64']);
    expect(lines).toEqual(['shop-redis: was paused; unpausing it']);
  });

  test('says why a container is not healthy', async () => {
    const container = new FakeContainer([up('unhealthy')], 'Out of memory');
    const { message } = await failureOf(
      runtimeWith(container).runtime.settle('it', { ...wanted, timeoutSeconds: 0 }),
    );
    expect(message).toBe(
      'shop-redis: not healthy within 0 seconds; its last lines:\n  Out of memory',
    );
  });

  test('does not wait for one that has stopped', async () => {
    const container = new FakeContainer(
      [{ Running: false, ExitCode: 1, Health: { Status: 'unhealthy' } }],
      'bad configuration',
    );
    const { message } = await failureOf(runtimeWith(container).runtime.settle('it', wanted));
    expect(message).toBe(
      'shop-redis: stopped with exit code 1; its last lines:\n  bad configuration',
    );
  });
});

const replica = {
  title: 'backend-1',
  pidsLimit: 256,
  timeoutSeconds: 60,
  release: { alias: 'backend-new', labels: {} },
  edgeId: 'edge',
  cpuMillis: 500,
  secrets: [],
};

test('a replica that crashes while its processes are being limited is reported as crashed', async () => {
  const container = new FakeContainer([{ Running: true }, { Running: false, ExitCode: 3 }], 'no');
  container.update = async () => {
    throw Object.assign(new Error('cannot update a stopped container'), { statusCode: 500 });
  };
  const noRoute = async () => {
    throw Object.assign(new Error('no such file'), { statusCode: 404 });
  };
  const engine = {
    getContainer: (id: string) => (id === 'edge' ? { getArchive: noRoute } : container),
    listContainers: async () => [],
  };
  const runtime = new DockerRuntime(engine as unknown as Docker, { log: () => {} });
  const { message } = await failureOf(runtime.startReplica('it', replica));
  expect(message.split('\n')[0]).toBe(
    'backend-1: ended with exit code 3 instead of serving. Its last lines:',
  );
});

test('a replica that has started gets its limit of processors', async () => {
  const container = new FakeContainer([{ Running: true, Health: { Status: 'healthy' } }]);
  container.pidsLimit = 256;
  container.cpu = { CpuQuota: -1, CpuShares: 128 };
  const edge = {
    getArchive: async () => Promise.reject(Object.assign(new Error(), { statusCode: 404 })),
  };
  const engine = { getContainer: (id: string) => (id === 'edge' ? edge : container) };
  const runtime = new DockerRuntime(engine as unknown as Docker, { log: () => {} });
  await runtime.startReplica('it', replica);
  await runtime.startReplica('it', replica);
  expect(container.done).toEqual(['quota 50000, shares 1024']);
});

test('frames of both streams become one text, also where a character is cut in two', () => {
  const euro = Buffer.from('€');
  const raw = Buffer.concat([
    frame(1, 'out\n'),
    frame(2, 'err '),
    frame(1, euro.subarray(0, 1)),
    frame(1, euro.subarray(1)),
  ]);
  expect(demultiplexed(raw)).toBe('out\nerr €');
  expect(demultiplexed(Buffer.alloc(0))).toBe('');
});
