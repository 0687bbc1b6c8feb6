import { expect, test } from 'vitest';
import { StackSecrets } from '../../../../../infra/secrets.ts';
import { deployToDocker } from '../../../../../infra/targets/docker/deploy.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { FakeRuntime } from '../../../../support/unit/container-runtime.ts';
import { register } from '../../../../support/unit/recorder.ts';
import { dev, options } from '../../../../support/unit/stack-files.ts';

/** As a later version of the plan might have it, in each part that becomes a container. */
function withLabels<T extends object>(part: T): T {
  const stranger = { labels: { 'medusa-infra.stack': 'other' }, runtime: {}, network: 'other' };
  return { ...part, ...stranger };
}

test('no part of a plan overwrites the labels by which containers are found', async () => {
  const plan = derivePlan(dev, options);
  const resources = await register(() =>
    deployToDocker({
      plan: {
        ...plan,
        proxy: withLabels(plan.proxy),
        database: withLabels(plan.database),
        ...(plan.redis ? { redis: withLabels(plan.redis) } : {}),
        backend: withLabels({ ...plan.backend, image: { reference: 'ghcr.io/acme/shop:1.4.2' } }),
        prepare: { ...plan.prepare, migrate: withLabels(plan.prepare.migrate) },
      },
      secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied: {} }),
      runtime: new FakeRuntime(),
      prepareScript: '// prepare',
      loginLimitScript: '// login limit',
    }),
  );
  const containers = [...resources.values()].filter(({ type }) => /:Container$/.test(type));
  expect(containers).toHaveLength(6);
  for (const { name, inputs } of containers) {
    expect(inputs['labels'], name).toContainEqual({
      label: 'medusa-infra.stack',
      value: plan.stack,
    });
    expect(JSON.stringify(inputs), name).not.toContain('"other"');
  }
});
