import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import {
  foreignConnections,
  isStateMissing,
  lostConnections,
  namesOf,
  removeObjects,
  type StackObjects,
  unknownObjects,
} from '../../../../../src/cli/run/docker/unknown-objects.ts';
import type { StateResource } from '../../../../../src/cli/run/stack-state.ts';

const container = (Id: string, State = 'running') =>
  ({ Id, State, Names: [`/shop-dev-${Id}`] }) as StackObjects['containers'][number];
const network = (Id: string) =>
  ({ Id, Name: `shop-dev-${Id}` }) as StackObjects['networks'][number];
const known = (...ids: string[]): StateResource[] => [
  { urn: 'urn:stack', type: 'pulumi:pulumi:Stack' },
  ...ids.map((id) => ({ urn: `urn:${id}`, type: 'docker:index/container:Container', id })),
];
const unknownNames = (objects: StackObjects, resources: readonly StateResource[]) =>
  namesOf(unknownObjects(objects, resources));

test('what the state knows is left alone, and what waits to be deleted is known', () => {
  const objects = { containers: [container('a'), container('b')], networks: [network('n')] };
  const [stack, a, ...others] = known('a', 'b', 'n');
  const replaced = { ...a, delete: true } as StateResource;
  expect(unknownNames(objects, [stack as StateResource, replaced, ...others])).toBe('');
});

test('a container or a network in no state is found, whether it runs or not', () => {
  const objects = {
    containers: [
      container('a'),
      container('b'),
      container('c', 'created'),
      container('d', 'exited'),
    ],
    networks: [network('n'), network('m')],
  };
  expect(unknownNames(objects, known('a', 'n'))).toBe(
    'container shop-dev-b, container shop-dev-c, container shop-dev-d, network shop-dev-m',
  );
});

test.each(['running', 'paused', 'restarting'])(
  'a state that knows nothing of what is %s is not the one of that store: nothing is found',
  (state) => {
    const objects = {
      containers: [container('a', 'exited'), container('b', state)],
      networks: [network('n')],
    };
    expect(unknownNames(objects, [])).toBe('');
    // A first `up` next to a store whose state is lost has made its secrets and found its volumes.
    expect(unknownNames(objects, known('shop-dev-postgres-data'))).toBe('');
    expect(isStateMissing(objects, [])).toBe(true);
    expect(isStateMissing(objects, known('n'))).toBe(false);
  },
);

test('where nothing runs, what no state knows is garbage, whatever the state knows', () => {
  const objects = { containers: [container('a', 'created')], networks: [network('n')] };
  expect(unknownNames(objects, [])).toBe('container shop-dev-a, network shop-dev-n');
  expect(unknownNames({ containers: [], networks: [network('n')] }, known())).toBe(
    'network shop-dev-n',
  );
  expect(isStateMissing(objects, [])).toBe(false);
});

test('containers go before the networks that they are in; one that is gone already is no failure', async () => {
  const done: string[] = [];
  const remove = (what: string, statusCode?: number) => async () => {
    done.push(what);
    if (statusCode) throw Object.assign(new Error(what), { statusCode });
  };
  const docker = {
    getContainer: (id: string) => ({ remove: remove(id, id === 'b' ? 404 : undefined) }),
    getNetwork: (id: string) => ({ remove: remove(id) }),
  } as unknown as Docker;
  await removeObjects(docker, {
    containers: [container('a'), container('b')],
    networks: [network('n')],
  });
  expect(done).toEqual(['a', 'b', 'n']);
});

test('a container in the network of the stack and in another one is named; one in neither is not', () => {
  const inNetworks = (id: string, ...names: string[]) => ({
    ...container(id),
    NetworkSettings: {
      Networks: Object.fromEntries(names.map((name) => [name, { NetworkID: name }])),
    },
  });
  const objects = {
    containers: [
      inNetworks('redis', 'n', 'bridge', 'admin'),
      inNetworks('database', 'bridge', 'n'),
      inNetworks('backend', 'n'),
      inNetworks('job', 'bridge'),
      container('created'),
    ],
    networks: [network('n')],
  } as unknown as StackObjects;
  expect(foreignConnections(objects)).toEqual([
    { container: 'shop-dev-database', network: 'bridge' },
    { container: 'shop-dev-redis', network: 'admin' },
    { container: 'shop-dev-redis', network: 'bridge' },
  ]);
});

test('a running container outside of a network that the program put it into is found, with its aliases', () => {
  const inNetworks = (id: string, state: string, ...names: string[]) => ({
    ...container(id, state),
    NetworkSettings: {
      Networks: Object.fromEntries(names.map((name) => [name, { NetworkID: name }])),
    },
  });
  const objects = {
    containers: [
      inNetworks('database', 'running'),
      inNetworks('backend', 'running', 'bridge'),
      inNetworks('redis', 'running', 'n'),
      inNetworks('edge', 'exited'),
      inNetworks('prepare-sql', 'running', 'none'),
    ],
    networks: [network('n')],
  } as unknown as StackObjects;
  const resource = (id: string, networksAdvanced?: object[]): StateResource => ({
    urn: `urn:${id}`,
    type: 'docker:index/container:Container',
    id,
    inputs: networksAdvanced ? { networksAdvanced } : {},
  });
  const resources = [
    resource('database', [{ name: 'n', aliases: ['database'] }]),
    resource('backend', [{ name: 'n' }]),
    resource('redis', [{ name: 'n', aliases: ['redis'] }]),
    resource('edge', [{ name: 'n', aliases: ['edge'] }]),
    resource('prepare-sql'),
    // Its network is gone too: a refresh sees that, and replaces both.
    resource('other', [{ name: 'm' }]),
  ];
  const lost = (id: string, ...aliases: string[]) => ({
    container: id,
    containerName: `shop-dev-${id}`,
    network: 'n',
    networkName: 'shop-dev-n',
    aliases,
  });
  expect(lostConnections(objects, resources)).toEqual([
    lost('database', 'database'),
    lost('backend'),
  ]);
});
