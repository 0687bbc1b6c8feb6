import { expect, test } from 'vitest';
import { containerDefinitions } from '../../../../../infra/components/aws/container-definitions.ts';
import { plannedImages } from '../../../../../infra/targets/aws/images.ts';
import { healthProbe, keepAliveScript } from '../../../../../src/bundle.ts';
import { awsPlan } from '../../../../support/unit/aws-stacks.ts';

const probe = { port: 9000, path: '/health', timeoutSeconds: 4, retrySeconds: 0 };

test('the plan names the scripts of the containers, and the image of the release gets them', () => {
  const plan = awsPlan();
  expect(JSON.stringify(plan)).not.toContain('node:http');
  const { release, sql } = plannedImages({ plan, prepareScript: '// prepare' });
  const { '/opt/medusa-infra/rds-ca.pem': authorities, ...scripts } = release.recipe.files;
  expect(authorities).toContain('BEGIN CERTIFICATE');
  expect(scripts).toEqual({
    '/opt/medusa-infra/prepare.cjs': '// prepare',
    '/opt/medusa-infra/keep-alive.cjs': keepAliveScript(),
  });
  expect(Object.keys(sql?.recipe.files ?? {})).not.toContain('/opt/medusa-infra/keep-alive.cjs');
});

test('the health check of the plan becomes the command that asks', () => {
  const backend = awsPlan().aws.task.containers.find(({ name }) => name === 'backend');
  expect(backend?.healthCheck?.request).toEqual(probe);
  const [definition] = containerDefinitions(
    [{ ...backend, image: 'shop@sha256:1', environment: {}, secrets: {} } as never],
    { group: '/shop/prod', region: 'eu-central-1' },
  );
  expect(definition).toMatchObject({
    healthCheck: {
      command: ['CMD', ...healthProbe(probe)],
      interval: 10,
      timeout: 5,
      retries: 3,
      startPeriod: 120,
    },
  });
});
