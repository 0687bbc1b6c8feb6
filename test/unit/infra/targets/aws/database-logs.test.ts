import { describe, expect, test, vi } from 'vitest';
import type { AwsResources } from '../../../../../src/derive/plan.ts';
import { deploy } from '../../../../support/unit/aws-deploy.ts';
import { awsPlan } from '../../../../support/unit/aws-plan.ts';
import type { Registered } from '../../../../support/unit/recorder.ts';

// A hundred resources through Pulumi's own runtime, many times.
vi.setConfig({ testTimeout: 60_000 });

const both = { ...awsPlan.database, logExports: ['postgresql', 'upgrade'] };
const database = both as NonNullable<AwsResources['database']>;
const aurora = {
  ...database,
  kind: 'aurora',
  logExports: ['postgresql'],
  capacity: { min: 0.5, max: 4 },
  instances: 1,
} as NonNullable<AwsResources['database']>;

const groupsOf = (resources: ReadonlyMap<string, Registered>) =>
  [...resources.values()]
    .filter(({ name }) => name.startsWith('database-log-'))
    .map(({ inputs, importId }) => [inputs['name'], importId]);

describe('the log groups of PostgreSQL', () => {
  test('are there before it, with the days of the file and the key of the stack', async () => {
    const { resources, get } = await deploy({ database });
    expect(groupsOf(resources)).toEqual([
      ['/aws/rds/instance/shop-prod-abc123/postgresql', ''],
      ['/aws/rds/instance/shop-prod-abc123/upgrade', ''],
    ]);
    expect(get('database-log-upgrade').inputs).toMatchObject({
      retentionInDays: awsPlan.logs.days,
      kmsKeyId: 'arn:key-key',
    });
    expect(get('database-instance').dependsOn).toEqual(
      expect.arrayContaining(['database-log-postgresql', 'database-log-upgrade']),
    );
  });

  test('are those of the cluster on Aurora', async () => {
    const { resources, get } = await deploy({ database: aurora });
    expect(groupsOf(resources)).toEqual([['/aws/rds/cluster/shop-prod-abc123/postgresql', '']]);
    expect(get('database-cluster').dependsOn).toContain('database-log-postgresql');
  });

  test.each([
    ['instance', database],
    ['cluster', aurora],
  ])('are taken over where RDS made them, of an %s', async (kind, plan) => {
    const made = `/aws/rds/${kind}/shop-prod-abc123/postgresql`;
    const { resources } = await deploy({ database: plan }, { databaseLogGroups: [made] });
    expect(groupsOf(resources)[0]).toEqual([made, made]);
    // RDS makes the group of upgrades at the first of them.
    expect(
      groupsOf(resources)
        .slice(1)
        .map(([, taken]) => taken),
    ).toEqual(kind === 'instance' ? [''] : []);
  });
});
