import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { derivePlan } from '../../../src/derive/derive.ts';
import { requireStackFile } from '../../../src/stack/load.ts';
import { dev, external, options, sqlite, staging } from '../../support/unit/stack-files.ts';

describe('derivePlan', () => {
  test.each([
    ['dev', dev],
    ['staging', staging],
    ['external', external],
    ['sqlite', sqlite],
  ])('a stack like %s', (stack, file) => {
    expect(derivePlan(file, { ...options, stack })).toMatchSnapshot();
  });

  test.each(['dev', 'staging', 'prod'])('plans stacks/%s.yaml as it is committed', (stack) => {
    const file = fileURLToPath(new URL(`../../../stacks/${stack}.yaml`, import.meta.url));
    const plan = derivePlan(requireStackFile(file).stack, { ...options, stack });
    expect(plan.name).toBe(`medusa-infra-${stack}`);
    expect(plan.backend.environment.map(({ name }) => name)).toContain('DATABASE_URL');
  });

  test('is plain data that does not change when derived again', () => {
    const plan = derivePlan(staging, options);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(derivePlan(structuredClone(staging), options));
  });
});
