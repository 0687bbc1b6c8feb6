import { RandomId } from '@pulumi/random/randomId.js';
import { describe, expect, test, vi } from 'vitest';
import { afterResource } from '../../../../../infra/after-resource.ts';
import { UserError } from '../../../../../src/errors.ts';
import { containersOf, deploy, marked, secretOf } from '../../../../support/unit/aws-deploy.ts';
import { FakeWork } from '../../../../support/unit/aws-fakes.ts';
import { awsPlan } from '../../../../support/unit/aws-plan.ts';
import { register } from '../../../../support/unit/recorder.ts';

// A hundred resources through Pulumi's own runtime, many times.
vi.setConfig({ testTimeout: 60_000 });

describe('the task', () => {
  test('has no secret in it: only names of secrets at the versions that this run wrote', async () => {
    const { get, resources } = await deploy();
    const [sql, migrate, backend] = containersOf(get('task-definition'));
    expect({ sql: sql?.['secrets'], migrate: migrate?.['secrets'] }).toMatchInlineSnapshot(`
      {
        "migrate": [
          {
            "name": "DATABASE_URL",
            "valueFrom": "arn:vault-backend-DATABASE_URL:::version-of-vault-backend-DATABASE_URL-value",
          },
          {
            "name": "REDIS_URL",
            "valueFrom": "arn:vault-backend-REDIS_URL:::version-of-vault-backend-REDIS_URL-value",
          },
        ],
        "sql": [
          {
            "name": "PGPASSWORD",
            "valueFrom": "arn:master:password::",
          },
        ],
      }
    `);
    expect(backend?.['secrets']).toEqual(migrate?.['secrets']);
    for (const { name, type, inputs } of resources.values()) {
      if (/SecretVersion$|ReplicationGroup$/.test(type)) continue;
      expect(JSON.stringify(inputs), name).not.toMatch(/value-of-secret|supplied:/);
    }
  });

  test('prepares, migrates, then serves, each after the success of the one before', async () => {
    const { get } = await deploy();
    expect(
      containersOf(get('task-definition')).map(({ name, essential, dependsOn }) => ({
        name,
        essential,
        dependsOn,
      })),
    ).toEqual([
      { name: 'prepare-sql', essential: false },
      {
        name: 'prepare-migrate',
        essential: false,
        dependsOn: [{ containerName: 'prepare-sql', condition: 'SUCCESS' }],
      },
      {
        name: 'backend',
        essential: true,
        dependsOn: [{ containerName: 'prepare-migrate', condition: 'SUCCESS' }],
      },
    ]);
  });

  test('reaches the database by the name that AWS chose, in plain variables and in URLs alike', async () => {
    const { get } = await deploy();
    const [sql] = containersOf(get('task-definition'));
    expect(sql?.['environment']).toEqual([{ name: 'PGHOST', value: 'db.internal' }]);
    expect(secretOf(get('vault-backend-DATABASE_URL-value').inputs['secretString'])).toBe(
      'postgres://medusa_a:value-of-secret-database-v2@db.internal',
    );
  });

  test('runs images by digest, from the stack’s own repository', async () => {
    const { get, publisher } = await deploy();
    const tags = publisher.published.map(({ tag }) => tag);
    const url = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/prod';
    expect(containersOf(get('task-definition')).map(({ image }) => image)).toEqual([
      `${url}@sha256:${tags.find((tag) => tag.startsWith('sql-'))}`,
      `${url}@sha256:${tags.find((tag) => tag.startsWith('release-'))}`,
      `${url}@sha256:${tags.find((tag) => tag.startsWith('release-'))}`,
    ]);
    expect(get('images-repository').inputs).toMatchObject({
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    });
  });

  test('waits for all that it needs', async () => {
    const { get } = await deploy();
    expect(get('backend-service').dependsOn).toEqual(
      expect.arrayContaining([
        'fargate-capacity',
        'prepared',
        'database-instance',
        'edge-redirect',
        'edge-serving',
        'execution-role-policy',
        'network-private-1-internet',
        'redis-group',
        'security-groups-backend-to-database',
      ]),
    );
  });
});

describe('before a release', () => {
  test('the database is prepared, once all that a task needs is there, and that is noted', async () => {
    const { work, get } = await deploy(
      {},
      { answers: marked('database=2 redis=2', 'arn:prepare-definition:6 database=2 redis=2') },
    );
    expect(work.tasks).toMatchObject([
      {
        title: 'prepare',
        clusterArn: 'arn:fargate-cluster',
        taskDefinitionArn: 'arn:prepare-definition',
        logGroup: '/shop/prod',
        timeoutSeconds: 720,
        containers: [
          { name: 'prepare-sql', logPrefix: 'prepare-sql' },
          { name: 'prepare-migrate', logPrefix: 'prepare-migrate' },
        ],
        subnetIds: ['network-private-1-id', 'network-private-2-id'],
        securityGroupId: 'security-groups-backend-id',
      },
    ]);
    expect(get('prepare-definition').dependsOn).toEqual(
      expect.arrayContaining(['database-instance', 'execution-role-policy', 'redis-group']),
    );
    expect(get('prepared').inputs).toMatchObject({
      name: '/shop/prod/prepared',
      insecureValue: 'arn:prepare-definition database=2 redis=2 database-keeps=1',
    });
    expect(get('backend-service').dependsOn).toContain('prepared');
  });

  test('once: a run that finds the same revision noted does nothing', async () => {
    const { work } = await deploy({}, { answers: marked('database=2 redis=2 database-keeps=1') });
    expect(work.tasks).toEqual([]);
  });
});

describe('a release', () => {
  test('is watched until it serves, by what its tasks could show of secrets too', async () => {
    const { watch, get } = await deploy();
    expect(watch.watched).toEqual([
      {
        clusterArn: 'arn:fargate-cluster',
        serviceName: awsPlan.service.name,
        taskDefinitionArn: 'arn:task-definition',
        logGroup: '/shop/prod',
        containers: awsPlan.task.containers,
        timeoutSeconds: 1200,
        secrets: [
          'postgres://medusa_a:value-of-secret-database-v2@db.internal',
          'rediss://:value-of-secret-redis-v2@redis.internal:6379',
        ],
      },
    ]);
    expect(get('release').type).toBe('medusa-infra:aws:ServedRelease');
  });

  test('that does not serve keeps what comes after it from being done', async () => {
    await register(async () => {
      const service = new RandomId('service', { byteLength: 1 });
      const served = afterResource(service, 'release', async () => {
        throw new UserError('the release failed', 'release-failed');
      });
      const work = new FakeWork();
      await expect(
        afterResource(served, 'password', (password) => work.setRedisPassword('redis', password)),
      ).rejects.toThrow('the release failed');
      expect(work.passwords).toEqual([]);
    });
  });

  test('is not watched in a preview', async () => {
    const { watch } = await deploy({}, { preview: true });
    expect(watch.watched).toEqual([]);
  });
});

describe('the end of a rotation', () => {
  test('old credentials are taken out of service after the service is steady, and that is noted', async () => {
    const { work, get } = await deploy({}, { answers: marked('database=1 redis=1') });
    expect(work.tasks).toMatchObject([
      {
        title: 'retire',
        clusterArn: 'arn:fargate-cluster',
        taskDefinitionArn: 'arn:retire-definition',
        logGroup: '/shop/prod',
        timeoutSeconds: 300,
        subnetIds: ['network-private-1-id', 'network-private-2-id'],
        securityGroupId: 'security-groups-backend-id',
      },
    ]);
    expect(work.passwords).toEqual([
      { id: 'redis-group-id', password: 'value-of-secret-redis-v2' },
    ]);
    expect(get('retired').inputs).toMatchObject({
      name: '/shop/prod/retired',
      insecureValue: 'database=2 redis=2 database-keeps=1',
    });
    expect(get('retired').dependsOn).toContain('backend-service');
  });

  test('once: a run that changes no version does nothing', async () => {
    const { work } = await deploy({}, { answers: marked('database=2 redis=2 database-keeps=1') });
    expect(work).toMatchObject({ tasks: [], passwords: [] });
  });

  test('work that fails keeps what depends on it from being made', async () => {
    await register(async () => {
      const resource = new RandomId('resource', { byteLength: 1 });
      await expect(
        afterResource(resource, 'value', async (value) => {
          throw new UserError(`failed with ${value}`, 'release-failed');
        }),
      ).rejects.toThrow('failed with value');
    });
  });
});
