import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EngineObject, GONE, lookAt } from '../../../src/docker/look.ts';
import { docker } from '../../support/engine.ts';
import { images } from '../../support/plain-container.ts';

const NAME = `medusa-infra-look-${randomBytes(4).toString('hex')}`;
let image: string;

interface Scene {
  readonly container: Docker.Container;
  readonly network: Docker.Network;
  readonly objects: readonly EngineObject[];
}

beforeAll(async () => {
  image = (await images()).images.redis.ref;
});

/** All that was made, whatever a test did to it. */
afterAll(async () => {
  const filters = { name: [NAME] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
  await docker
    .getImage(`${NAME}:1`)
    .remove({ noprune: true })
    .catch(() => {});
});

let count = 0;

async function scene(labels: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const name = `${NAME}-${++count}`;
  const { Id } = await docker.getImage(image).inspect();
  await docker.getImage(Id).tag({ repo: NAME, tag: '1' });
  const network = await docker.createNetwork({ Name: name });
  await docker.createVolume({ Name: name });
  const container = await docker.createContainer({
    name,
    Image: Id,
    Cmd: ['sleep', '600'],
    Entrypoint: [],
    Labels: { ...labels },
    HostConfig: {
      NetworkMode: name,
      Memory: 64 * 1024 * 1024,
      Mounts: [
        { Type: 'volume', Source: name, Target: '/one' },
        { Type: 'tmpfs', Source: '', Target: '/two' },
      ],
      Init: true,
    },
    StopTimeout: 0,
  });
  await container.start();
  const objects: EngineObject[] = [
    { kind: 'container', id: container.id },
    { kind: 'network', id: network.id },
    { kind: 'volume', id: name },
    { kind: 'image', id: `${NAME}:1` },
  ];
  return { container, network, objects };
}

/** Kinds of the objects of which a second look has another digest. */
async function changedBy({ objects }: Scene, change: () => Promise<unknown>): Promise<string[]> {
  const before = await lookAt(docker, objects);
  await change();
  const after = await lookAt(docker, objects);
  return [...after]
    .filter(([object, digest]) => before.get(object) !== digest)
    .map(([object, digest]) => `${object.split(' ')[0]}${digest === GONE ? ' gone' : ''}`);
}

/** All that a refresh by the provider would see, and what it would not. */
const drifts: Readonly<
  Record<string, [expected: string[], drift: (scene: Scene) => Promise<unknown>]>
> = {
  'a stopped container': [['container'], ({ container }) => container.stop({ t: 0 })],
  'a killed container': [['container'], ({ container }) => container.kill()],
  'a paused container': [['container'], ({ container }) => container.pause()],
  'a removed container': [['container gone'], ({ container }) => container.remove({ force: true })],
  'a renamed container': [
    ['container'],
    ({ container }) => container.rename({ name: `${NAME}-renamed` }),
  ],
  'an updated memory limit': [
    ['container'],
    ({ container }) => container.update({ Memory: 48 * 1024 * 1024, MemorySwap: 48 * 1024 * 1024 }),
  ],
  'an updated restart policy': [
    ['container'],
    ({ container }) => container.update({ RestartPolicy: { Name: 'always' } }),
  ],
  'a limit of processes': [['container'], ({ container }) => container.update({ PidsLimit: 77 })],
  'a container that left its network': [
    ['container'],
    ({ container, network }) => network.disconnect({ Container: container.id }),
  ],
  'a container in a second network': [
    ['container'],
    async ({ container }) =>
      (await docker.createNetwork({ Name: `${NAME}-second` })).connect({
        Container: container.id,
      }),
  ],
  'a removed network': [
    ['container', 'network gone'],
    async ({ container, network }) => {
      await network.disconnect({ Container: container.id, Force: true });
      await network.remove();
    },
  ],
  'a removed volume': [
    ['container gone', 'volume gone'],
    async ({ container, objects }) => {
      await container.remove({ force: true });
      await docker.getVolume(objects[2]?.id ?? '').remove();
    },
  ],
  'a volume made again with a label': [
    ['container gone', 'volume'],
    async ({ container, objects }) => {
      const name = objects[2]?.id ?? '';
      await container.remove({ force: true });
      await docker.getVolume(name).remove();
      await docker.createVolume({ Name: name, Labels: { changed: 'yes' } });
    },
  ],
  'an image whose name is gone': [
    ['image gone'],
    () => docker.getImage(`${NAME}:1`).remove({ noprune: true }),
  ],
  'an image whose name means another one': [
    ['image'],
    async () => {
      const other = await docker.getImage((await images()).images.postgres.ref).inspect();
      await docker.getImage(other.Id).tag({ repo: NAME, tag: '1' });
    },
  ],
};

test.each(Object.entries(drifts))('sees %s', async (_, [expected, drift]) => {
  const made = await scene();
  expect(await changedBy(made, () => drift(made))).toEqual(expected);
});

test('sees another label, command or variable in a container that took the place of the one before', async () => {
  const made = await scene();
  const other = await scene({ changed: 'yes' });
  const [before] = (await lookAt(docker, made.objects)).values();
  const [after] = (await lookAt(docker, other.objects)).values();
  expect(after).not.toBe(before);
});

test('sees nothing where nobody changed anything, whatever runs in the container', async () => {
  const made = await scene();
  const run = async () => {
    const exec = await made.container.exec({ Cmd: ['true'] });
    await exec.start({ Detach: true });
  };
  expect(await changedBy(made, run)).toEqual([]);
});
