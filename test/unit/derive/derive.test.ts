import { describe, expect, test } from 'vitest';
import { derivePlan } from '../../../src/derive/derive.ts';
import { dev, external, options, sqlite, staging } from './fixtures.ts';

describe('derivePlan', () => {
  test.each([
    ['dev', dev],
    ['staging', staging],
    ['external', external],
    ['sqlite', sqlite],
  ])('a stack like %s', (stack, file) => {
    expect(derivePlan(file, { ...options, stack })).toMatchSnapshot();
  });

  test('is plain data that does not change when derived again', () => {
    const plan = derivePlan(staging, options);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(derivePlan(structuredClone(staging), options));
  });
});
