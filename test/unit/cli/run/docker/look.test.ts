import { expect, test } from 'vitest';
import { engineObjects } from '../../../../../src/cli/run/docker/look.ts';
import type { StateResource } from '../../../../../src/cli/run/stack-state.ts';

const resource = (type: string, fields: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:pulumi:dev::shop::${type}::it`,
  type,
  custom: true,
  ...fields,
});
const stack = resource('pulumi:pulumi:Stack', { custom: false });
const container = resource('docker:index/container:Container', { id: 'c1' });

test('lists what a refresh asks the engine for', () => {
  expect(
    engineObjects({
      resources: [
        stack,
        resource('pulumi:providers:docker'),
        resource('medusa-infra:docker:HttpEdge', { custom: false }),
        resource('random:index/randomPassword:RandomPassword'),
        resource('pulumi:index:Stash'),
        container,
        resource('docker:index/network:Network', { id: 'n1' }),
        resource('docker:index/volume:Volume', { id: 'data' }),
        resource('docker:index/remoteImage:RemoteImage', {
          id: 'sha256:1shop:2',
          outputs: { name: 'shop:2' },
        }),
      ],
    }),
  ).toEqual([
    { kind: 'container', id: 'c1' },
    { kind: 'network', id: 'n1' },
    { kind: 'volume', id: 'data' },
    { kind: 'image', id: 'shop:2' },
  ]);
});

test.each([
  ['a resource of another provider', { resources: [container, resource('aws:s3/bucket:Bucket')] }],
  ['a type of Docker that is not known', { resources: [resource('docker:index/tag:Tag')] }],
  [
    'a replaced resource that is still to be deleted',
    { resources: [{ ...container, delete: true }] },
  ],
  [
    'a pending operation',
    { resources: [container], pending_operations: [{ type: 'creating', resource: container }] },
  ],
])('gives nothing for %s: only a refresh will do', (_, state) => {
  expect(engineObjects(state)).toBeUndefined();
});

test('an empty state asks for nothing', () => {
  expect(engineObjects({})).toEqual([]);
});
