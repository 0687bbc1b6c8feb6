import { expect, test } from 'vitest';
import {
  type Replaceable,
  restoreServing,
} from '../../../../../src/cli/run/docker/restore-serving.ts';

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

test('replicas that serve are the current ones again, and so is their image, in the same places', () => {
  const failed = [image('b'), container('backend-1', 'new', 'b')];
  const job = container('prepare-migrate-container', 'new job', 'b');
  const resources = [
    image('b'),
    job,
    container('backend-1', 'new', 'b'),
    container('backend-2', 'two', 'a'),
    container('backend-1', 'one', 'a', old),
    container('prepare-migrate-container', 'job', 'a', old),
    image('a', old),
  ];
  expect(restoreServing(resources, new Set(['one', 'two']))).toEqual({
    dropped: expect.arrayContaining(failed),
    resources: [
      image('a'),
      job,
      container('backend-1', 'one', 'a'),
      container('backend-2', 'two', 'a'),
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

test('what depends on a resource that came back comes after it, as Pulumi wants it', () => {
  const onImage = { dependencies: ['urn:backend-image-build'] };
  const resources = [
    image('b'),
    container('prepare-migrate-container', 'job', 'b', onImage),
    container('backend-1', 'new', 'b', onImage),
    image('a', { ...old, parent: 'urn:backend-image' }),
    container('backend-1', 'one', 'a', { ...old, ...onImage, provider: 'urn:provider::id' }),
    { urn: 'urn:backend-image', type: 'medusa-infra:docker:BackendImage' },
    { urn: 'urn:provider', type: 'pulumi:providers:docker', id: 'id' },
  ];
  expect(restoreServing(resources, new Set(['one']))?.resources.map(({ urn }) => urn)).toEqual([
    'urn:backend-image',
    'urn:backend-image-build',
    'urn:prepare-migrate-container',
    'urn:provider',
    'urn:backend-1',
  ]);
});
