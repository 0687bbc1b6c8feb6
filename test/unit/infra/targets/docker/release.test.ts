import { describe, expect, test, vi } from 'vitest';
import type { PostgresPlan } from '../../../../../src/derive/plan.ts';
import type { DockerStack } from '../../../../../src/stack/stack-file.ts';
import type { FakeRuntime } from '../../../../support/unit/container-runtime.ts';
import { deploy, deployFresh } from '../../../../support/unit/docker-deploy.ts';
import type { Registered } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

describe('order and replacement', () => {
  test('what waits for what', async () => {
    const { get } = await deploy(fixtures.staging);
    expect({
      sql: get('prepare-sql-container').dependsOn,
      migrate: get('prepare-migrate-container').dependsOn,
      first: get('backend-1').dependsOn,
      second: get('backend-2').dependsOn,
      edge: get('edge-container').dependsOn,
    }).toMatchInlineSnapshot(`
      {
        "edge": [
          "edge-volume",
          "network-bridge",
        ],
        "first": [
          "backend-image-build",
          "data-network-bridge",
          "metadata-network-bridge",
          "network-bridge",
          "prepare-migrate-container",
          "secret-cookie-v1",
          "secret-cookie-v2",
          "secret-cookie-v3",
          "secret-database-v2",
          "secret-jwt-v2",
          "secret-jwt-v3",
          "secret-redis-v2",
          "uploads-volume",
        ],
        "migrate": [
          "backend-image-build",
          "data-network-bridge",
          "database-container",
          "metadata-network-bridge",
          "network-bridge",
          "prepare-sql-container",
          "redis-container",
          "secret-database-v2",
          "secret-redis-v2",
          "uploads-volume",
        ],
        "second": [
          "backend-1",
          "backend-image-build",
          "data-network-bridge",
          "metadata-network-bridge",
          "network-bridge",
          "prepare-migrate-container",
          "secret-cookie-v1",
          "secret-cookie-v2",
          "secret-cookie-v3",
          "secret-database-v2",
          "secret-jwt-v2",
          "secret-jwt-v3",
          "secret-redis-v2",
          "uploads-volume",
        ],
        "sql": [
          "database-container",
          "database-socket",
          "secret-database-v1",
          "secret-database-v2",
        ],
      }
    `);
  });

  test('the backend depends on the jobs by order alone, never by a value that a run may change', async () => {
    const { get } = await deploy(fixtures.dev);
    expect(JSON.stringify(get('backend-1').inputs)).not.toMatch(/-container-id/);
  });

  test('backends are replaced create-before-delete, single servers delete-before-create', async () => {
    const { get } = await deploy(fixtures.dev);
    const replacedFirst = (name: string) => get(name).deleteBeforeReplace;
    expect(
      ['backend-1', 'prepare-sql-container', 'backend-image-build'].map(replacedFirst),
    ).toEqual([false, false, false]);
    expect(['database-container', 'redis-container', 'edge-container'].map(replacedFirst)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('inputs that the provider would only store force a new container', async () => {
    const { get } = await deploy(fixtures.dev);
    expect(get('backend-1').replaceOnChanges).toEqual(['cpuPeriod', 'cpuQuota', 'tmpfs', 'init']);
    expect(get('database-container').replaceOnChanges).toEqual(get('backend-1').replaceOnChanges);
  });

  test('a server keeps the arguments that its data folder was made with', async () => {
    const { get } = await deploy(fixtures.dev);
    const { inputs, ignoreChanges } = get('database-container');
    const index = (inputs['envs'] as string[]).findIndex((env) =>
      /^POSTGRES_INITDB_ARGS=/.test(env),
    );
    expect(ignoreChanges).toContain(`envs[${index}]`);
    expect(get('redis-container').ignoreChanges).not.toContain(`envs[${index}]`);
  });

  test('kept volumes outlive destroy; no change replaces a volume', async () => {
    const { get } = await deploy({ ...fixtures.dev, redis: deletedRedis() });
    expect(get('database-volume')).toMatchObject({
      retainOnDelete: true,
      ignoreChanges: ['labels', 'driver', 'driverOpts'],
      inputs: { name: 'medusa-infra-dev-postgres-data' },
    });
    expect(get('redis-volume')).toMatchObject({
      retainOnDelete: false,
      ignoreChanges: ['labels', 'driver', 'driverOpts'],
      inputs: { name: 'medusa-infra-dev-redis-data' },
    });
    expect(get('database-socket')).toMatchObject({ retainOnDelete: false });
  });

  test('a preview touches nothing on the engine', async () => {
    const { runtime } = await deployFresh(fixtures.dev, { preview: true });
    const { settled, started, finished, releases } = runtime;
    expect([...settled, ...started, ...finished, ...releases]).toEqual([]);
  });

  test('an up limits the processes of every service and ends every job', async () => {
    const { runtime, plan } = await deploy(fixtures.staging);
    const services = [...runtime.settled, ...runtime.started];
    expect(services.map(({ title, pidsLimit }) => `${title} ${pidsLimit}`).sort()).toEqual([
      `backend-1 ${plan.backend.pidsLimit}`,
      `backend-2 ${plan.backend.pidsLimit}`,
      `medusa-infra-dev-database ${(plan.database as PostgresPlan).pidsLimit}`,
      'medusa-infra-dev-edge 128',
      'medusa-infra-dev-redis 64',
    ]);
    expect(runtime.finished.map(({ title }) => title)).toEqual(['prepare-sql', 'prepare-migrate']);
  });
});

describe('a release', () => {
  const releaseOf = ({ inputs }: Registered) =>
    (inputs['networksAdvanced'] as { aliases: string[] }[])[0]?.aliases;

  test('takes the traffic once all its replicas are there', async () => {
    const { runtime, plan } = await deploy(fixtures.staging);
    await releaseBy(runtime);
    expect(runtime.releases).toEqual([
      {
        edgeId: 'edge-container-id',
        alias: expect.stringMatching(/^backend-[0-9a-f]{12}$/),
        containerIds: ['backend-1-id', 'backend-2-id'],
        labels: plan.labels,
        port: 9000,
        stopGraceSeconds: 30,
      },
    ]);
  });

  test('has its own name in addition to the common one, the same for all replicas', async () => {
    const { get, runtime } = await deploy(fixtures.staging);
    const { alias } = await releaseBy(runtime);
    expect(releaseOf(get('backend-1'))).toEqual(['backend', alias]);
    expect(releaseOf(get('backend-2'))).toEqual(['backend', alias]);
    expect(get('backend-1').inputs['labels']).toContainEqual({
      label: 'medusa-infra.release',
      value: alias,
    });
  });

  test('keeps its name when only the number of replicas changes, and loses it with any other', async () => {
    const { staging } = fixtures;
    const nameWith = async (backend: Partial<DockerStack['backend']>) => {
      const { runtime } = await deployFresh({
        ...staging,
        backend: { ...staging.backend, ...backend },
      });
      return (await releaseBy(runtime)).alias;
    };
    const now = await nameWith({});
    expect(await nameWith({})).toBe(now);
    expect(await nameWith({ replicas: 3 })).toBe(now);
    const names = [
      now,
      await nameWith({ env: { ...staging.backend.env, LOG_LEVEL: 'debug' } }),
      await nameWith({ memory: staging.backend.memory * 2 }),
      await nameWith({ command: ['node', 'other.js'] }),
      await nameWith({ stopGrace: 31 }),
    ];
    expect(new Set(names).size).toBe(5);
  });

  test('says which versions of the generated secrets its replicas run with', async () => {
    const { get } = await deploy(fixtures.staging);
    expect(get('backend-1').inputs['labels']).toContainEqual({
      label: 'medusa-infra.secret-versions',
      value: 'cookie=3 database=2 jwt=3 redis=2',
    });
  });
});

/** The switch comes last: nothing in the program waits for it. */
function releaseBy(runtime: FakeRuntime) {
  return vi.waitFor(() => {
    const [release] = runtime.releases;
    if (!release) throw new Error('no release has taken the traffic');
    return release;
  });
}

function deletedRedis() {
  if (!fixtures.dev.redis) throw new Error('the fixture has no Redis');
  return { ...fixtures.dev.redis, onDestroy: 'delete' } as const;
}
