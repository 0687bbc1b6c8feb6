import { expect, test } from 'vitest';
import { isServing } from '../../../src/docker/replicas.ts';

const replica = (release?: string) => ({
  Labels: {
    'medusa-infra.component': 'backend',
    ...(release ? { 'medusa-infra.release': release } : {}),
  },
});

test('a replica serves when the edge sends requests to its release', () => {
  expect(isServing(replica('backend-1'), 'backend-1')).toBe(true);
  expect(isServing(replica('backend-2'), 'backend-1')).toBe(false);
  expect(isServing(replica(), 'backend-1')).toBe(false);
});

test('all replicas serve where the edge has not been told of a release yet', () => {
  expect([isServing(replica('backend-1'), undefined), isServing(replica(), undefined)]).toEqual([
    true,
    true,
  ]);
});

test('everything but a replica serves always', () => {
  expect(isServing({ Labels: { 'medusa-infra.component': 'redis' } }, 'backend-1')).toBe(true);
});
