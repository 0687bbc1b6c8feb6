import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type Docker from 'dockerode';
import { afterEach, describe, expect, test } from 'vitest';
import { derivePlan } from '../../../src/derive/derive.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { preflight } from '../../../src/docker/preflight.ts';
import { formatProblem } from '../../../src/stack/problems.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import * as fixtures from '../../support/unit/stack-files.ts';

const labels = { 'medusa-infra.project': 'medusa-infra', 'medusa-infra.stack': 'dev' };

interface FakeVolume {
  readonly Name: string;
  readonly Labels: Record<string, string> | null;
}

function engine(found: {
  readonly containers?: readonly object[];
  readonly volumes?: readonly FakeVolume[];
}): Docker {
  return {
    listContainers: async () => found.containers ?? [],
    listVolumes: async () => ({ Volumes: found.volumes ?? [] }),
  } as unknown as Docker;
}

/** A plan whose folders and files exist and whose ports are free. */
function goodPlan(change: (plan: DockerPlan) => Partial<DockerPlan> = () => ({})): DockerPlan {
  const build = temporaryFolder();
  writeFileSync(path.join(build, 'Dockerfile'), '');
  const stack = {
    ...fixtures.dev,
    backend: {
      ...fixtures.dev.backend,
      image: { build, dockerfile: 'Dockerfile', args: {} },
      expose: {},
    },
    edge: { ...fixtures.dev.edge, port: 0 },
  };
  const plan = derivePlan(stack, fixtures.options);
  return { ...plan, ...change(plan) };
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function takePort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** As plain lines. */
async function problemsOf(...args: Parameters<typeof preflight>): Promise<string[]> {
  return (await preflight(...args)).map(formatProblem);
}

const onPort = (port: number) => (plan: DockerPlan) => ({ edge: { ...plan.edge, port } });

test('a plan that can go ahead has no problem', async () => {
  expect(await problemsOf(goodPlan(), engine({}))).toEqual([]);
});

describe('volumes', () => {
  test('one without the kit’s labels is refused', async () => {
    const volumes = [
      { Name: 'medusa-infra-dev-postgres-data', Labels: null },
      {
        Name: 'medusa-infra-dev-redis-data',
        Labels: { ...labels, 'medusa-infra.stack': 'other' },
      },
      { Name: 'somebody-elses', Labels: null },
    ];
    expect(await problemsOf(goodPlan(), engine({ volumes }))).toEqual([
      'volume medusa-infra-dev-postgres-data exists on the engine, but medusa-infra did not create it for this stack (it lacks the labels); remove it, or rename the stack',
      'volume medusa-infra-dev-redis-data exists on the engine, but medusa-infra did not create it for this stack (it lacks the labels); remove it, or rename the stack',
    ]);
  });

  test('an earlier run’s is taken over', async () => {
    const volumes = [
      {
        Name: 'medusa-infra-dev-postgres-data',
        Labels: { ...labels, 'medusa-infra.postgres-major': '15' },
      },
      { Name: 'medusa-infra-dev-redis-data', Labels: labels },
    ];
    expect(await problemsOf(goodPlan(), engine({ volumes }))).toEqual([]);
  });

  test('one with another PostgreSQL’s data is refused', async () => {
    const volumes = [
      {
        Name: 'medusa-infra-dev-postgres-data',
        Labels: { ...labels, 'medusa-infra.postgres-major': '14' },
      },
    ];
    expect(await problemsOf(goodPlan(), engine({ volumes }))).toEqual([
      'database.version: volume medusa-infra-dev-postgres-data holds the data of PostgreSQL 14, which 15 cannot read; set database.version: 14, or dump the data, remove the volume and load the dump',
    ]);
  });
});

describe('ports', () => {
  test('one that a program of this machine holds is refused by who it is', async () => {
    const port = await takePort();
    expect(await problemsOf(goodPlan(onPort(port)), engine({}))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^edge\\.port: port ${port} on 127\\.0\\.0\\.1 is taken by (process ${process.pid} \\(.+\\)|another program on this machine); set another port, or stop what holds it$`,
        ),
      ),
    ]);
  });

  test.each(['127.0.0.1', '0.0.0.0', '::'])(
    'one that another container publishes on %s is refused by its name',
    async (IP) => {
      const containers = [
        { Names: ['/somebodys-web'], Labels: {}, Ports: [{ IP, PublicPort: 4711 }] },
      ];
      expect(await problemsOf(goodPlan(onPort(4711)), engine({ containers }))).toEqual([
        'edge.port: port 4711 on 127.0.0.1 is taken by container somebodys-web; set another port, or stop what holds it',
      ]);
    },
  );

  test('the stack’s own container may hold it', async () => {
    const port = await takePort();
    const containers = [
      {
        Names: ['/medusa-infra-dev-edge'],
        Labels: labels,
        Ports: [{ IP: '127.0.0.1', PublicPort: port }],
      },
    ];
    expect(await problemsOf(goodPlan(onPort(port)), engine({ containers }))).toEqual([]);
  });

  test('it may hold it before the engine says that it runs', async () => {
    const port = await takePort();
    const starting = { Labels: labels, State: 'created', Ports: [] };
    const running = { Labels: labels, State: 'running', Ports: [{ IP: '::', PublicPort: port }] };
    let asked = 0;
    const listContainers = async () => {
      asked += 1;
      return [asked < 5 ? starting : running];
    };
    const { listVolumes } = engine({});
    const slow = { listContainers, listVolumes } as unknown as Docker;
    expect(await problemsOf(goodPlan(onPort(port)), slow)).toEqual([]);
  });

  test('the one that is redirected is looked at too', async () => {
    const port = await takePort();
    const plan = goodPlan(({ proxy }) => ({ proxy: { ...proxy, httpPort: port } }));
    expect((await problemsOf(plan, engine({}))).map((problem) => problem.split(' is')[0])).toEqual([
      `edge.httpPort: port ${port} on 127.0.0.1`,
    ]);
  });

  test('exposed ports of database and Redis are looked at too', async () => {
    const port = await takePort();
    const plan = goodPlan(({ database, redis }) => ({
      database: { ...database, exposePort: port } as DockerPlan['database'],
      redis: { ...redis, exposePort: port } as DockerPlan['redis'],
    }));
    const problems = await problemsOf(plan, engine({}));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'backend.expose.database',
      'backend.expose.redis',
    ]);
  });
});

test('every problem is reported at once', async () => {
  const plan = goodPlan(({ edge }) => ({ edge: { ...edge, port: 4711 } }));
  const containers = [
    { Names: ['/web'], Labels: {}, Ports: [{ IP: '0.0.0.0', PublicPort: 4711 }] },
  ];
  const volumes = [{ Name: 'medusa-infra-dev-redis-data', Labels: null }];
  const problems = await problemsOf(plan, engine({ containers, volumes }));
  expect(problems.map((problem) => problem.slice(0, 20))).toEqual([
    'volume medusa-infra-',
    'edge.port: port 4711',
  ]);
});

describe('versions of the database’s password', () => {
  const replica = (versions: string | undefined, over: Record<string, string> = {}) => ({
    Names: ['/shop-backend-1'],
    Ports: [],
    Labels: {
      ...labels,
      'medusa-infra.component': 'backend',
      ...(versions === undefined ? {} : { 'medusa-infra.secret-versions': versions }),
      ...over,
    },
  });
  const at = (version: number) =>
    goodPlan(({ secrets }) => ({
      secrets: secrets.map((secret) =>
        secret.name === 'database' && secret.from === 'generated'
          ? { ...secret, versions: [version] }
          : secret,
      ),
    }));
  const found = (version: number, ...containers: object[]) =>
    problemsOf(at(version), engine({ containers }));

  test('one that takes the role of a running replica is refused', async () => {
    expect(await found(3, replica('cookie=1 database=1'))).toEqual([
      'secrets.database.version: 3 would change the password of the role that running replicas (version 1) log in with, as two roles alternate; set version: 2 and run up, then go on from there',
    ]);
  });

  test('the next one, the same one and the first one are not', async () => {
    expect(await found(2, replica('database=1'), replica('database=1'))).toEqual([]);
    expect(await found(1, replica('database=1'))).toEqual([]);
    expect(await found(3)).toEqual([]);
  });

  test('replicas of another stack, without a label or without a database do not count', async () => {
    const others = [
      replica('database=1', { 'medusa-infra.stack': 'other' }),
      replica('database=1', { 'medusa-infra.component': 'redis' }),
      replica(undefined),
      replica('cookie=1'),
    ];
    expect(await found(3, ...others)).toEqual([]);
  });
});
