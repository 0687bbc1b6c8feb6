import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RDS_CA_PATH } from '../../../../src/container/paths.ts';
import { rdsCertificates } from '../../../../src/derive/aws/rds-ca.ts';
import { nodeFor } from '../../../../src/derive/aws/redis.ts';
import { fillTemplate } from '../../../../src/derive/template.ts';
import { awsPlan } from '../../../support/unit/aws-stacks.ts';

const gibibyte = 1024 ** 3;
const container = (plan: ReturnType<typeof awsPlan>, name: string) => {
  const found = plan.aws.task.containers.find((each) => each.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
};

describe('PostgreSQL', () => {
  test('RDS of production', () => {
    expect(awsPlan({ more: 'database: { storage: 50Gi }' }).aws.database).toMatchInlineSnapshot(`
      {
        "allowReplacement": false,
        "applyImmediately": false,
        "autoMinorVersionUpgrade": true,
        "backupDays": 14,
        "backupWindow": "02:00-03:00",
        "caCertificate": "rds-ca-rsa2048-g1",
        "deletionProtection": true,
        "engineVersion": "17",
        "finalSnapshot": true,
        "identifier": "acme-prod-database",
        "instanceClass": "db.t4g.medium",
        "kind": "rds",
        "logExports": [
          "postgresql",
          "upgrade",
        ],
        "maintenanceWindow": "sun:03:30-sun:04:30",
        "masterUser": "medusa_infra",
        "maxStorageGib": 250,
        "multiAz": true,
        "parameterFamily": "postgres17",
        "parameters": [
          {
            "name": "rds.force_ssl",
            "reboot": false,
            "value": "1",
          },
        ],
        "performanceInsights": true,
        "performanceInsightsDays": 7,
        "port": 5432,
        "storageGib": 50,
        "storageType": "gp3",
      }
    `);
  });

  test('Aurora, of the version that the file names', () => {
    const { database } = awsPlan({
      aws: 'database: { kind: aurora, capacity: { min: 1, max: 8 } }',
      more: 'database: { version: 16 }',
    }).aws;
    expect(database).toMatchObject({
      kind: 'aurora',
      engineVersion: '16',
      parameterFamily: 'aurora-postgresql16',
      instanceClass: 'db.serverless',
      capacity: { min: 1, max: 8 },
      instances: 2,
      logExports: ['postgresql'],
    });
  });

  test('storage that may not grow does not', () => {
    const { database } = awsPlan({ more: 'database: { storage: 10Gi }' }).aws;
    // RDS allocates 20 at least; five times what the file says is above that.
    expect(database).toMatchObject({ storageGib: 20, maxStorageGib: 50 });
  });

  test('the master user is nobody of the store', () => {
    const { database } = awsPlan({ more: 'database: { name: medusa_infra }' }).aws;
    expect(database?.masterUser).toBe('medusa_infra_master');
  });

  test('the backend verifies the server with the CA of the region', () => {
    const plan = awsPlan();
    const url = plan.backend.environment.find(({ name }) => name === 'DATABASE_URL')?.value ?? [];
    const shown = fillTemplate(
      url,
      () => 'p/w',
      (output) => `${output}.example`,
    );
    expect(shown).toBe(
      'postgres://medusa_a:p%2Fw@databaseHost.example:5432/medusa?options=-c%20search_path%3Dmedusa%2Cextensions&sslmode=verify-full&sslrootcert=%2Fopt%2Fmedusa-infra%2Frds-ca.pem',
    );
    expect(container(plan, 'backend').environment['NODE_EXTRA_CA_CERTS']).toEqual([RDS_CA_PATH]);
    const pem = plan.aws.images.release.files[RDS_CA_PATH] ?? '';
    const subjects = pem
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((each) => /CN=(.*)/.exec(new X509Certificate(each).subject)?.[1]);
    expect(subjects.sort()).toEqual([
      'Amazon RDS eu-central-1 Root CA ECC384 G1',
      'Amazon RDS eu-central-1 Root CA RSA2048 G1',
      'Amazon RDS eu-central-1 Root CA RSA4096 G1',
    ]);
    expect(plan.aws.images.sql?.files[RDS_CA_PATH]).toBe(pem);
  });

  test('a region whose CA is not known is refused', () => {
    expect(() => rdsCertificates('eu-central-9')).toThrow(
      'aws.region: the kit has no CA of the database servers in eu-central-9; take a region such as eu-central-1, or update medusa-infra',
    );
  });

  test('your own server: its URL, its CA and its SQL', () => {
    const plan = awsPlan({
      more: 'database: { external: { url: { secret: databaseUrl } }, ca: ./ca.pem }\nsecrets: { databaseUrl: { from: config } }',
    });
    expect(plan.aws.database).toBeUndefined();
    expect(plan.aws.retire).toBeUndefined();
    expect(plan.aws.securityGroups.map(({ name }) => name)).toEqual(['edge', 'backend', 'redis']);
    const [sql] = plan.aws.task.containers;
    expect(sql).toMatchObject({ name: 'prepare-sql', environment: {} });
    expect(sql?.secrets['PGPASSWORD']).toEqual({ kind: 'entry', name: 'prepare-sql/PGPASSWORD' });
    const paths = ['/etc/medusa-infra/database-ca.pem'];
    expect(Object.keys(plan.aws.images.release.machineFiles)).toEqual(paths);
    expect(Object.keys(plan.aws.images.sql?.machineFiles ?? {})).toEqual(paths);
    expect(Object.keys(plan.aws.images.sql?.files ?? {})).toEqual([plan.prepare.sql?.scriptPath]);
  });
});

describe('Redis', () => {
  test.each([
    ['256Mi', 0.25, 'cache.t4g.micro'],
    ['512Mi', 0.5, 'cache.t4g.small'],
    ['8Gi', 8, 'cache.r7g.large'],
    ['1Ti', 1024, 'cache.r7g.16xlarge'],
  ])('%s needs a node that keeps a quarter for itself', (_, gib, node) => {
    expect(nodeFor(gib * gibibyte)).toBe(node);
  });

  test('two nodes in production that fail over, one elsewhere', () => {
    expect(awsPlan().aws.redis).toMatchObject({
      engine: 'redis',
      engineVersion: '7.1',
      nodes: 2,
      automaticFailover: true,
      multiAz: true,
      snapshotDays: 7,
      finalSnapshot: true,
    });
    expect(awsPlan({ environment: 'staging' }).aws.redis).toMatchObject({
      nodes: 1,
      automaticFailover: false,
      multiAz: false,
      snapshotDays: 0,
      finalSnapshot: false,
    });
  });

  test.each([
    ['redis', 6, '6.2', 'redis6.x'],
    ['valkey', 7, '7.2', 'valkey7'],
    ['valkey', 8, '8.1', 'valkey8'],
  ])('%s %d', (engine, version, engineVersion, parameterFamily) => {
    const { redis } = awsPlan({
      aws: `redis: { engine: ${engine} }`,
      more: `redis: { version: ${version} }`,
    }).aws;
    expect(redis).toMatchObject({ engine, engineVersion, parameterFamily });
  });

  test('is reached over TLS with a password alone', () => {
    const { environment } = awsPlan().backend;
    const url = environment.find(({ name }) => name === 'REDIS_URL')?.value ?? [];
    const shown = fillTemplate(
      url,
      () => 'token',
      (output) => output,
    );
    expect(shown).toBe('rediss://:token@redisHost:6379/0');
  });
});
