import { expect, test } from 'vitest';
import { StackSecrets } from '../../../../../infra/secrets.ts';
import { deployToDocker } from '../../../../../infra/targets/docker/deploy.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { FakeRuntime } from '../../../../support/unit/container-runtime.ts';
import { register } from '../../../../support/unit/recorder.ts';
import { dev, options } from '../../../../support/unit/stack-files.ts';

const reference = 'ghcr.io/acme/shop:1.4.2';
const pinnedImageId = `sha256:${'7'.repeat(64)}`;

test('replicas and migrations run the pinned image; the resource of the reference stays as it is', async () => {
  const plan = derivePlan({ ...dev, backend: { ...dev.backend, image: { reference } } }, options);
  const resources = await register(() =>
    deployToDocker({
      plan,
      secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied: {} }),
      runtime: new FakeRuntime(),
      prepareScript: '// prepare',
      loginLimitScript: '// login limit',
      pinnedImageId,
    }),
  );
  expect(resources.get('backend-image-pull')?.inputs).toEqual({
    name: reference,
    keepLocally: true,
  });
  const running = [...resources.values()].filter(({ inputs }) => inputs['image'] === pinnedImageId);
  expect(running.map(({ name }) => name).sort()).toEqual([
    'backend-1',
    'prepare-migrate-container',
  ]);
});
