import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { StackSecrets } from '../../../../../infra/secrets.ts';
import { deployToDocker } from '../../../../../infra/targets/docker/deploy.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import type { PostgresPlan } from '../../../../../src/derive/plan.ts';
import type { DockerStack, PostgresSection } from '../../../../../src/stack/stack-file.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { FakeRuntime } from '../../../../support/unit/container-runtime.ts';
import { type Registered, register } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

const deployed = new Map<DockerStack, ReturnType<typeof deployFresh>>();

/** Each stack is deployed once: its resources do not change from test to test. */
function deploy(stack: DockerStack) {
  const known = deployed.get(stack) ?? deployFresh(stack);
  deployed.set(stack, known);
  return known;
}

async function deployFresh(stack: DockerStack, options: { readonly preview?: boolean } = {}) {
  const plan = derivePlan(stack, fixtures.options);
  const runtime = new FakeRuntime();
  const supplied = Object.fromEntries(
    plan.secrets
      .filter((secret) => secret.from !== 'generated')
      .map(({ name }) => [name, `supplied://${name}`]),
  );
  const resources = await register(
    () =>
      deployToDocker({
        plan,
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        runtime,
        buildContext: {
          context: '/cache/contexts/backend',
          dockerfile: 'Dockerfile',
          args: { NODE_IMAGE: 'medusa-infra/node:22' },
          digest: 'digest-of-all-inputs',
        },
        prepareScript: '// prepare',
      }),
    options,
  );
  const get = (name: string): Registered => {
    const found = resources.get(name);
    if (!found) throw new Error(`no resource ${name}; there are ${[...resources.keys()]}`);
    return found;
  };
  return { plan, runtime, resources, get };
}

const short = (type: string) => type.replace(/^docker:index\/\w+:/, '').replace(/^.*:/, '');
const tree = (resources: ReadonlyMap<string, Registered>) =>
  [...resources.values()]
    .map(({ type, name, parent }) => `${parent} > ${name} (${short(type)})`)
    .sort();

describe('what a development stack is made of', () => {
  test('every child has its parent and its name', async () => {
    const { resources } = await deploy(fixtures.dev);
    expect(tree(resources)).toMatchInlineSnapshot(`
      [
        "backend > backend-1 (Container)",
        "backend-image > backend-image-build (RemoteImage)",
        "database > database-container (Container)",
        "database > database-socket (Volume)",
        "database > database-volume (Volume)",
        "edge > edge-config (Stash)",
        "edge > edge-container (Container)",
        "edge > edge-volume (Volume)",
        "network > network-bridge (Network)",
        "prepare-migrate > prepare-migrate-container (Container)",
        "prepare-sql > prepare-sql-container (Container)",
        "redis > redis-container (Container)",
        "redis > redis-volume (Volume)",
        "secret > secret-cookie-v1 (RandomPassword)",
        "secret > secret-database-v1 (RandomPassword)",
        "secret > secret-jwt-v1 (RandomPassword)",
        "secret > secret-redis-v1 (RandomPassword)",
        "shop-dev > backend (BackendService)",
        "shop-dev > backend-image (BackendImage)",
        "shop-dev > database (PostgresDatabase)",
        "shop-dev > edge (HttpEdge)",
        "shop-dev > network (PrivateNetwork)",
        "shop-dev > prepare-migrate (PrepareJob)",
        "shop-dev > prepare-sql (PrepareJob)",
        "shop-dev > redis (RedisCache)",
        "shop-dev > secret (StackSecrets)",
        "shop-dev > uploads (UploadsVolume)",
        "uploads > uploads-volume (Volume)",
      ]
    `);
  });

  test('types of the components are the kit’s own', async () => {
    const { resources } = await deploy(fixtures.dev);
    const own = [...resources.values()]
      .map(({ type }) => type)
      .filter((type) => /^medusa/.test(type));
    expect([...new Set(own)].sort()).toMatchInlineSnapshot(`
      [
        "medusa-infra:docker:BackendImage",
        "medusa-infra:docker:BackendService",
        "medusa-infra:docker:HttpEdge",
        "medusa-infra:docker:PostgresDatabase",
        "medusa-infra:docker:PrepareJob",
        "medusa-infra:docker:PrivateNetwork",
        "medusa-infra:docker:RedisCache",
        "medusa-infra:docker:UploadsVolume",
        "medusa-infra:index:StackSecrets",
      ]
    `);
  });

  test('nothing but the edge is published, and in development what the file exposes, on 127.0.0.1', async () => {
    const { resources } = await deploy(fixtures.dev);
    const published = [...resources.values()]
      .filter(({ inputs }) => inputs['ports'])
      .map(({ name, inputs }) => [name, inputs['ports']]);
    expect(published.sort()).toMatchInlineSnapshot(`
      [
        [
          "database-container",
          [
            {
              "external": 5433,
              "internal": 5432,
              "ip": "127.0.0.1",
            },
          ],
        ],
        [
          "edge-container",
          [
            {
              "external": 9000,
              "internal": 8080,
              "ip": "127.0.0.1",
            },
          ],
        ],
        [
          "redis-container",
          [
            {
              "external": 6380,
              "internal": 6379,
              "ip": "127.0.0.1",
            },
          ],
        ],
      ]
    `);
  });

  test('a staging stack publishes the edge alone', async () => {
    const { resources } = await deploy(fixtures.staging);
    const published = [...resources.values()].filter(({ inputs }) => inputs['ports']);
    expect(published.map(({ inputs }) => inputs['ports'])).toEqual([
      [{ internal: 8080, external: 8080, ip: '0.0.0.0' }],
    ]);
  });
});

describe('every container', () => {
  test('has ceilings, no privileges, no capabilities but the named, log rotation and labels', async () => {
    const { resources, plan } = await deploy(fixtures.staging);
    const containers = [...resources.values()].filter(({ type }) => /:Container$/.test(type));
    expect(containers.map(({ name }) => name).sort()).toEqual([
      'backend-1',
      'backend-2',
      'database-container',
      'edge-container',
      'prepare-migrate-container',
      'prepare-sql-container',
      'redis-container',
    ]);
    for (const { name, inputs } of containers) {
      expect(inputs, name).toMatchObject({
        securityOpts: ['no-new-privileges'],
        logDriver: 'json-file',
        logOpts: { 'max-size': '10m', 'max-file': '3' },
        cpuPeriod: 100_000,
        cpuQuota: expect.any(Number),
        memory: inputs['memorySwap'],
        labels: expect.arrayContaining([
          { label: 'medusa-infra.project', value: plan.project },
          { label: 'medusa-infra.stack', value: plan.stack },
          { label: 'medusa-infra.component', value: expect.any(String) },
        ]),
      });
      expect(inputs['capabilities'], name).toEqual(
        name === 'edge-container'
          ? { adds: ['CAP_NET_BIND_SERVICE'], drops: ['ALL'] }
          : { drops: ['ALL'] },
      );
    }
  });

  test('that serves is waited for, restarts by itself and has time to stop', async () => {
    const { get } = await deploy(fixtures.staging);
    for (const name of ['database-container', 'redis-container', 'edge-container', 'backend-1']) {
      const { inputs } = get(name);
      // A replica of the backend is waited for by the runtime, which shows why one fails.
      const wait = name !== 'backend-1';
      expect(inputs, name).toMatchObject({ wait, restart: 'unless-stopped' });
      expect(inputs['destroyGraceSeconds'], name).toBe(inputs['stopTimeout']);
      expect(Number(inputs['stopTimeout']), name).toBeGreaterThanOrEqual(10);
    }
  });

  test('has a read-only root where nothing has to be uploaded, and no root user otherwise', async () => {
    const { get } = await deploy(fixtures.dev);
    expect(get('database-container').inputs).toMatchObject({ readOnly: true, user: 'postgres' });
    expect(get('edge-container').inputs).toMatchObject({ readOnly: true, user: '65534:65534' });
    expect(get('redis-container').inputs).toMatchObject({ readOnly: true, user: 'redis' });
    expect(get('prepare-sql-container').inputs).toMatchObject({ user: 'postgres' });
  });

  test('holds no secret in what an inspection shows', async () => {
    const { resources, get } = await deploy(fixtures.staging);
    for (const { name, type, inputs } of resources.values()) {
      if (!/:Container$/.test(type)) continue;
      const { uploads, ...visible } = inputs;
      expect(JSON.stringify(visible), name).not.toMatch(/value-of-secret|supplied:/);
    }
    expect(uploadsOf(get('backend-1')).map(({ file }) => file)).toEqual([
      '/run/secrets/COOKIE_SECRET',
      '/run/secrets/COOKIE_SECRET_PREVIOUS',
      '/run/secrets/DATABASE_URL',
      '/run/secrets/JWT_SECRET',
      '/run/secrets/JWT_SECRET_PREVIOUS',
      '/run/secrets/REDIS_URL',
      '/run/secrets/STRIPE_API_KEY',
    ]);
  });

  test('with secrets in its uploads keeps them secret in the state', async () => {
    const { get } = await deploy(fixtures.dev);
    for (const name of ['prepare-sql-container', 'backend-1']) {
      expect(get(name).additionalSecretOutputs, name).toEqual(['uploads']);
    }
    // Its users are set while it runs: nothing that it is made of is a secret.
    expect(get('redis-container').inputs['uploads']).toBeUndefined();
  });
});

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
          "database-container",
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

describe('other databases and Redis', () => {
  test('external ones are reached over the network and have no container', async () => {
    const ca = path.join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, 'the CA');
    const { resources, get } = await deploy({
      ...fixtures.external,
      database: { ...(fixtures.external.database as PostgresSection), ca },
    });
    expect(uploadsOf(get('backend-1'))).toContainEqual({
      file: '/etc/medusa-infra/database-ca.pem',
      content: 'the CA',
    });
    expect(tree(resources).filter((line) => /database|redis/.test(line))).toEqual([]);
    expect(get('prepare-sql-container').inputs).toMatchObject({
      networksAdvanced: [{ name: 'network-bridge-id' }],
    });
    expect(get('prepare-sql-container').inputs['volumes']).toBeUndefined();
  });

  test('the job next to a provisioned server has no network, only the socket', async () => {
    const { get } = await deploy(fixtures.dev);
    expect(get('prepare-sql-container').inputs).toMatchObject({
      networkMode: 'none',
      volumes: [
        {
          volumeName: 'medusa-infra-dev-postgres-socket',
          containerPath: '/var/run/postgresql',
        },
      ],
    });
  });

  test('sqlite keeps its file in a volume that the image’s user may write', async () => {
    const { resources, get, runtime } = await deploy(fixtures.sqlite);
    expect(tree(resources).filter((line) => /sqlite|prepare/.test(line))).toMatchInlineSnapshot(`
      [
        "prepare-folder > prepare-folder-container (Container)",
        "prepare-migrate > prepare-migrate-container (Container)",
        "shop-dev > prepare-folder (PrepareJob)",
        "shop-dev > prepare-migrate (PrepareJob)",
        "shop-dev > sqlite-volume (Volume)",
      ]
    `);
    expect(runtime.finished.map(({ title }) => title)).toEqual([
      'prepare-folder',
      'prepare-migrate',
    ]);
    expect(get('backend-1').inputs['volumes']).toEqual(
      get('prepare-migrate-container').inputs['volumes'],
    );
  });
});

describe('inputs in full', () => {
  test.each(['database-container', 'edge-container', 'prepare-sql-container', 'backend-1'])(
    '%s',
    async (name) => {
      const { get } = await deploy(fixtures.dev);
      expect(get(name).inputs).toMatchSnapshot();
    },
  );

  test('the image is built again with its inputs’ digest, under its own tag', async () => {
    const { get } = await deploy(fixtures.dev);
    expect(get('backend-image-build').inputs).toMatchInlineSnapshot(`
      {
        "build": {
          "buildArgs": {
            "NODE_IMAGE": "medusa-infra/node:22",
          },
          "context": "/cache/contexts/backend",
          "dockerfile": "Dockerfile",
        },
        "forceRemove": true,
        "name": "medusa-infra-dev-backend:82d763382f60",
        "triggers": {
          "inputs": "digest-of-all-inputs",
        },
      }
    `);
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

/** A list that holds a secret reaches the engine as one secret. */
function uploadsOf({ inputs }: Registered): { file: string; content: string }[] {
  const uploads = inputs['uploads'] as { value?: unknown };
  return (uploads.value ?? uploads) as { file: string; content: string }[];
}

function deletedRedis() {
  if (!fixtures.dev.redis) throw new Error('the fixture has no Redis');
  return { ...fixtures.dev.redis, onDestroy: 'delete' } as const;
}
