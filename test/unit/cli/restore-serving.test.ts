import { expect, test } from 'vitest';
import { type Replaceable, restoreServing } from '../../../src/cli/restore-serving.ts';

const container = (name: string, id: string, image: string, rest: Partial<Replaceable> = {}) => ({
  urn: `urn:${name}`,
  type: 'docker:index/container:Container',
  id,
  outputs: { image },
  ...rest,
});
const image = (id: string, rest: Partial<Replaceable> = {}) => ({
  urn: 'urn:backend-image-build',
  type: 'docker:index/remoteImage:RemoteImage',
  id,
  outputs: { imageId: id, name: `shop:${id}` },
  ...rest,
});
const old = { delete: true };

test('a state without a failed release is left alone', () => {
  const resources = [image('a'), container('backend-1', 'one', 'a')];
  expect(restoreServing(resources, new Set(['one']))).toBeUndefined();
});

test('replicas that serve are the current ones again, and so is their image', () => {
  const failed = [image('b'), container('backend-1', 'new', 'b')];
  const resources = [
    ...failed,
    container('backend-2', 'two', 'a'),
    image('a', old),
    container('backend-1', 'one', 'a', old),
    container('prepare-migrate-container', 'job', 'a', old),
  ];
  expect(restoreServing(resources, new Set(['one', 'two']))).toEqual({
    dropped: expect.arrayContaining(failed),
    resources: [
      container('backend-2', 'two', 'a'),
      image('a'),
      container('backend-1', 'one', 'a'),
      container('prepare-migrate-container', 'job', 'a', old),
    ],
  });
});

test('what waits to be deleted after the traffic was switched stays so', () => {
  const resources = [container('backend-1', 'new', 'b'), container('backend-1', 'one', 'a', old)];
  expect(restoreServing(resources, new Set(['new']))).toBeUndefined();
});

test('an image that did not change stays as it is', () => {
  const resources = [
    image('a'),
    container('backend-1', 'new', 'a'),
    container('backend-1', 'one', 'a', old),
  ];
  expect(restoreServing(resources, new Set(['one']))).toEqual({
    dropped: [container('backend-1', 'new', 'a')],
    resources: [image('a'), container('backend-1', 'one', 'a')],
  });
});
