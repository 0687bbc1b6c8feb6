import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DockerStack, PostgresSection } from '../../../../../src/stack/stack-file.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { deploy } from '../../../../support/unit/docker-deploy.ts';
import type { Registered } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

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
        "data-network > data-network-bridge (Network)",
        "database > database-container (Container)",
        "database > database-socket (Volume)",
        "database > database-volume (Volume)",
        "edge > edge-config (Stash)",
        "edge > edge-container (Container)",
        "edge > edge-volume (Volume)",
        "metadata-network > metadata-network-bridge (Network)",
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
        "shop-dev > data-network (PrivateNetwork)",
        "shop-dev > database (PostgresDatabase)",
        "shop-dev > edge (HttpEdge)",
        "shop-dev > metadata-network (PrivateNetwork)",
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
      [{ internal: 8080, external: 8080, ip: '127.0.0.1' }],
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
    const { get, runtime } = await deploy(fixtures.staging);
    const awaited = [...runtime.settled, ...runtime.started].map(({ id }) => id);
    for (const name of ['database-container', 'redis-container', 'edge-container', 'backend-1']) {
      const { inputs } = get(name);
      // The runtime waits, sooner than the provider, and shows why one fails.
      expect(inputs, name).toMatchObject({ wait: false, restart: 'unless-stopped' });
      expect(awaited, name).toContain(`${name}-id`);
      expect(inputs['destroyGraceSeconds'], name).toBe(inputs['stopTimeout']);
      expect(Number(inputs['stopTimeout']), name).toBeGreaterThanOrEqual(10);
    }
  });

  test('has a read-only root where nothing has to be uploaded, and no root user otherwise', async () => {
    const { get } = await deploy(fixtures.dev);
    expect(get('database-container').inputs).toMatchObject({
      readOnly: true,
      user: 'postgres:65525',
    });
    expect(get('edge-container').inputs).toMatchObject({
      readOnly: true,
      user: '65534:65525',
    });
    expect(get('redis-container').inputs).toMatchObject({
      readOnly: true,
      user: 'redis:65525',
    });
    expect(get('prepare-sql-container').inputs).toMatchObject({ user: 'postgres:65525' });
  });

  test('is in the networks that it needs: the data has no way out unless it is published', async () => {
    const networks = async (stack: DockerStack) => {
      const { resources } = await deploy(stack);
      return Object.fromEntries(
        [...resources.values()]
          .filter(({ type }) => /:Container$/.test(type))
          .map(({ name, inputs }) => [
            name,
            (inputs['networksAdvanced'] as { name: string }[] | undefined)?.map((one) => one.name),
          ]),
      );
    };
    const outer = 'network-bridge-id';
    const data = 'data-network-bridge-id';
    expect(await networks(fixtures.staging)).toEqual({
      'backend-1': [outer, data],
      'backend-2': [outer, data],
      'database-container': [data],
      'edge-container': [outer],
      'prepare-migrate-container': [outer, data],
      'prepare-sql-container': undefined,
      'redis-container': [data],
    });
    expect(await networks(fixtures.dev)).toMatchObject({
      'database-container': [data, outer],
      'redis-container': [data, outer],
    });
    const { ca: _, ...external } = fixtures.external.database as PostgresSection;
    expect(await networks({ ...fixtures.external, database: external })).toEqual({
      'backend-1': [outer],
      'backend-2': [outer],
      'edge-container': [outer],
      'prepare-migrate-container': [outer],
      'prepare-sql-container': [outer],
    });
  });

  test('keeps the metadata address from the backend, unless the file lets it reach that', async () => {
    const { resources, runtime } = await deploy(fixtures.staging);
    expect(resources.get('metadata-network-bridge')?.inputs).toMatchObject({
      internal: true,
      options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
    });
    const blocked = 'metadata-network-bridge-id';
    expect(runtime.started.map(({ metadataNetwork }) => metadataNetwork)).toEqual([
      blocked,
      blocked,
    ]);
    const jobs = runtime.finished.map(({ title, metadataNetwork }) => [title, metadataNetwork]);
    expect(jobs).toContainEqual(['prepare-migrate', blocked]);
    const { backend } = fixtures.staging;
    const open = await deploy({
      ...fixtures.staging,
      backend: { ...backend, instanceMetadata: true },
    });
    expect(open.resources.has('metadata-network-bridge')).toBe(false);
    expect(open.runtime.started[0]?.metadataNetwork).toBeUndefined();
    expect(JSON.stringify(open.get('backend-1').inputs)).not.toContain('medusa-infra.metadata');
  });

  test('of an earlier release still reaches the servers, which move to the data network', async () => {
    const { runtime, get } = await deploy(fixtures.staging);
    expect(runtime.connected).toEqual(['data-network-bridge-id']);
    expect(get('database-container').dependsOn).toContain('data-network-bridge');
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
      '/opt/medusa-infra/login-limit.cjs',
      '/opt/medusa-infra/login-limit.json',
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

/** A list that holds a secret reaches the engine as one secret. */
function uploadsOf({ inputs }: Registered): { file: string; content: string }[] {
  const uploads = inputs['uploads'] as { value?: unknown };
  return (uploads.value ?? uploads) as { file: string; content: string }[];
}
