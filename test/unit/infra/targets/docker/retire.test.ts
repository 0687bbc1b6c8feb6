import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { StackSecrets } from '../../../../../infra/secrets.ts';
import { deployToDocker } from '../../../../../infra/targets/docker/deploy.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { redisRights } from '../../../../../src/derive/redis-rights.ts';
import type {
  RedisUsers,
  Release,
  StartingReplica,
} from '../../../../../src/docker/container-runtime.ts';
import type { DockerStack, PostgresSection } from '../../../../../src/stack/stack-file.ts';
import { FakeRuntime } from '../../../../support/unit/container-runtime.ts';
import { register } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

/** Writes down in which order the engine is asked. */
class OrderedRuntime extends FakeRuntime {
  readonly asked: string[] = [];

  override async startReplica(id: string, replica: StartingReplica): Promise<void> {
    this.asked.push(`start ${id}`);
    await super.startReplica(id, replica);
  }

  override async switchRelease(edgeId: string, release: Release): Promise<void> {
    this.asked.push('release');
    await super.switchRelease(edgeId, release);
  }

  override async setRedisUsers(id: string, users: RedisUsers, mode: 'add' | 'only'): Promise<void> {
    this.asked.push(`${mode} users of ${id}`);
    await super.setRedisUsers(id, users, mode);
  }

  override async runSql(id: string, script: string): Promise<void> {
    this.asked.push(`sql in ${id}`);
    await super.runSql(id, script);
  }
}

async function deploy(stack: DockerStack, preview = false): Promise<OrderedRuntime> {
  const plan = derivePlan(stack, fixtures.options);
  const runtime = new OrderedRuntime();
  const supplied = {
    stripeApiKey: 'sk_1',
    databaseUrl: 'postgres://u:p@h/d',
    redisUrl: 'redis://h',
  };
  await register(
    () =>
      deployToDocker({
        plan,
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        runtime,
        buildContext: { context: '/c', dockerfile: 'Dockerfile', args: {}, digest: 'd' },
        prepareScript: '// prepare',
        loginLimitScript: '// login limit',
      }),
    { preview },
  );
  return runtime;
}

const digest = (version: number) =>
  createHash('sha256').update(`value-of-secret-redis-v${version}`).digest('hex');

test('new logins come before the release, and the old ones go after it', async () => {
  const runtime = await deploy(fixtures.staging);
  await vi.waitFor(() => expect(runtime.asked).toHaveLength(6));
  expect(runtime.asked).toEqual([
    'add users of redis-container-id',
    'start backend-1-id',
    'start backend-2-id',
    'release',
    'sql in database-container-id',
    'only users of redis-container-id',
  ]);
  const plan = derivePlan(fixtures.staging, fixtures.options);
  expect(runtime.sql.map(({ script }) => script)).toEqual([
    plan.database.kind === 'postgres' && plan.database.retireSql,
  ]);
  for (const { accounts, rules } of runtime.redisUsers) {
    expect(rules).toBe(redisRights([]));
    expect(accounts).toEqual([
      { name: 'medusa_v2', passwordDigest: digest(2) },
      { name: 'medusa_v1', passwordDigest: digest(1) },
    ]);
  }
});

test('a preview takes no login away', async () => {
  const runtime = await deploy(fixtures.staging, true);
  expect(runtime.asked).toEqual([]);
});

test('servers of somebody else keep their logins', async () => {
  const database = { ...(fixtures.external.database as PostgresSection), ca: undefined };
  const runtime = await deploy({ ...fixtures.external, database });
  await vi.waitFor(() => expect(runtime.asked.at(-1)).toBe('release'));
  expect([runtime.sql, runtime.redisUsers]).toEqual([[], []]);
});
