import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderInImage, UploadedFiles } from '../../../src/docker/uploads.ts';
import { docker, logsOf } from '../../support/engine.ts';
import { images } from '../../support/plain-container.ts';

/** What the kit does with the volume itself, in containers of a few lines; a whole store is in stack/uploads.test.ts. */
const run = `it-uploads-${randomBytes(4).toString('hex')}`;
const labels = { 'medusa-infra.project': run, 'medusa-infra.stack': 'dev' };
const made: Docker.Container[] = [];
const volumes: string[] = [];
const tags: string[] = [];
const log: string[] = [];
let node: string;

beforeAll(async () => {
  node = (await images()).images.node.ref;
});

afterAll(async () => {
  await Promise.all(made.map((container) => container.remove({ force: true, v: true })));
  await Promise.all(volumes.map((name) => docker.getVolume(name).remove({ force: true })));
  await Promise.all(tags.map((name) => docker.getImage(name).remove({ force: true })));
});

/** An image of the backend: its user, its working folder, and what a shell made in it. @returns its ID */
async function imageWith(
  user: string,
  script: string,
  workingFolder = '/app',
  instructions: readonly string[] = [],
): Promise<string> {
  const container = await docker.createContainer({
    Image: node,
    Entrypoint: ['sh', '-c', `mkdir -p ${workingFolder}; cd ${workingFolder}; ${script}`],
    User: '0:0',
  });
  await container.start();
  await container.wait();
  const name = `${run}:${tags.length}`;
  tags.push(name);
  const changes = [`USER ${user}`, `WORKDIR ${workingFolder}`, ...instructions].join('\n');
  await container.commit({ repo: run, tag: String(tags.length - 1), changes });
  await container.remove();
  return (await docker.getImage(name).inspect()).Id;
}

/** A replica, in which a shell does something and that then goes on. */
async function replica(image: string, script: string, mount?: { volume: string; path: string }) {
  const container = await docker.createContainer({
    Image: image,
    Labels: { ...labels, 'medusa-infra.component': 'backend' },
    Entrypoint: ['sh', '-c', `${script}; echo ready; exec sleep 600`],
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      Init: true,
      Mounts: mount ? [mountOf(mount.volume, mount.path)] : [],
    },
  });
  made.push(container);
  await container.start();
  while (!(await logsOf(container.id)).includes('ready')) await new Promise(setImmediate);
  return container;
}

/** As the kit's containers have it. */
function mountOf(volume: string, path: string): Docker.MountSettings {
  return { Type: 'volume', Source: volume, Target: path };
}

async function newVolume(): Promise<string> {
  const name = `${run}-${volumes.length}`;
  volumes.push(name);
  await docker.createVolume({ Name: name, Labels: labels });
  return name;
}

async function uploadsOf(image: string, volume: string, folder = 'uploads') {
  return { volume, image, folder, path: await folderInImage(docker, image, folder), labels };
}

/** Output of a shell in a container of the image with the volume, as the image's own user. */
async function inVolume(image: string, volume: string, path: string, script: string) {
  const container = await docker.createContainer({
    Image: image,
    Entrypoint: ['sh', '-c', script],
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      Mounts: [mountOf(volume, path)],
    },
  });
  await container.start();
  await container.wait();
  const output = await logsOf(container.id);
  await container.remove();
  return output.trim();
}

describe('the image’s user may write', () => {
  test.each([
    ['no folder at all, a user by number', '1000:1000', 'true'],
    ['no folder at all, a user by name', 'node', 'true'],
    ['a folder of root’s', 'node', 'mkdir uploads'],
    ['a folder of the user’s own', '1000', 'install -d -o 1000 -g 1000 uploads'],
    ['a folder of the user’s group', '1234:1000', 'install -d -o 0 -g 1000 -m 775 uploads'],
    ['a folder of somebody else’s, and root without rights', '0', 'install -d -o 1234 uploads'],
  ])('%s', async (_, user, script) => {
    const image = await imageWith(user, script);
    const volume = await newVolume();
    const uploads = await uploadsOf(image, volume);
    expect(uploads.path).toBe('/app/uploads');
    await new UploadedFiles(docker, () => {}).prepare(uploads);
    const written = await inVolume(
      image,
      volume,
      uploads.path,
      'echo here > uploads/a; cat uploads/a',
    );
    expect(written).toBe('here');
  });

  test('also of a later image with another user', async () => {
    const volume = await newVolume();
    for (const user of ['1000', '1500']) {
      const image = await imageWith(user, `install -d -o ${user} uploads`);
      const uploads = await uploadsOf(image, volume);
      await new UploadedFiles(docker, () => {}).prepare(uploads);
      const script = `echo ${user} >> uploads/of-${user}; cat uploads/*`;
      expect(await inVolume(image, volume, uploads.path, script)).toContain(user);
    }
  });

  test('a folder outside of the working folder, absolute', async () => {
    const image = await imageWith('node', 'true');
    const volume = await newVolume();
    const uploads = await uploadsOf(image, volume, '/srv/files');
    await new UploadedFiles(docker, () => {}).prepare(uploads);
    expect(
      await inVolume(image, volume, '/srv/files', 'echo x > /srv/files/a; ls /srv/files'),
    ).toBe('a');
  });

  test('a folder that holds the program is refused', async () => {
    const image = await imageWith('node', 'true');
    const message =
      'uploads.path: /app holds the backend itself (its working folder is /app); name a folder that holds uploaded files alone, such as /app/uploads';
    await expect(folderInImage(docker, image, '/app')).rejects.toThrow(message);
    await expect(folderInImage(docker, image, '/')).rejects.toThrow('uploads.path: / holds');
  });
});

describe('files of replicas without the volume', () => {
  const long = `${'a-long-name-'.repeat(12)}.png`;
  let first: Docker.Container;
  let stopped: Docker.Container;
  let uploads: Awaited<ReturnType<typeof uploadsOf>>;
  let image: string;
  const volume = new UploadedFiles(docker, (line) => log.push(line));

  const listed = () =>
    inVolume(image, uploads.volume, uploads.path, 'cd uploads; find . ! -name . | sort');

  beforeAll(async () => {
    image = await imageWith('1000', 'install -d -o 1000 uploads; echo the image > uploads/baked');
    const earlier = await imageWith(
      '1000',
      'install -d -o 1000 files; echo an earlier one > files/baked',
      '/srv',
    );
    first = await replica(
      image,
      `cd uploads; echo one > one.png; mkdir -p deep/er; echo two > deep/er/two.png; echo x > ${long}; ln -s one.png link`,
    );
    stopped = await replica(earlier, 'mkdir uploads 2>/dev/null; echo three > files/three.png');
    await stopped.stop({ t: 0 });
    uploads = await uploadsOf(image, await newVolume());
  }, 120_000);

  test('are copied, with what lies below; what an image contains is not theirs', async () => {
    await volume.prepare(uploads);
    const files = ['baked', 'deep', 'deep/er', 'deep/er/two.png', 'link', 'one.png', long];
    expect((await listed()).split('\n')).toEqual(files.map((name) => `./${name}`).sort());
    const read = 'cd uploads; cat baked link deep/er/two.png; stat -c %u:%a one.png deep';
    expect(await inVolume(image, uploads.volume, uploads.path, read)).toBe(
      'the image\none\ntwo\n1000:644\n1000:755',
    );
    const { Name } = await first.inspect();
    expect(log).toEqual([
      `uploads: copied 3 uploaded files from ${Name.slice(1)} to the volume ${uploads.volume}`,
    ]);
  });

  test('that stopped have theirs copied as well, from their own place', async () => {
    const { image: id, volume: name } = uploads;
    await new UploadedFiles(docker, () => {}).prepare({
      ...(await uploadsOf(id, name, 'files')),
      path: uploads.path,
    });
    expect(await listed()).toContain('./three.png');
  });

  test('of an image that declares a volume there are copied as well', async () => {
    const declared = await imageWith('1000', 'install -d -o 1000 uploads', '/app', [
      'VOLUME /app/uploads',
    ]);
    const other = await replica(declared, 'echo four > uploads/four.png');
    await new UploadedFiles(docker, () => {}).prepare(uploads);
    expect(await listed()).toContain('./four.png');
    await other.remove({ force: true, v: true });
    made.splice(made.indexOf(other), 1);
  });

  test('a second time only what is new is copied', async () => {
    log.length = 0;
    await volume.finish(uploads);
    expect(log).toEqual([]);
    const exec = await first.exec({
      Cmd: ['sh', '-c', 'echo late > uploads/late.png'],
      User: '1000',
    });
    await exec.start({});
    while ((await exec.inspect()).Running) await new Promise(setImmediate);
    await volume.finish(uploads);
    expect(log).toEqual([expect.stringContaining('copied 1 uploaded file from ')]);
    expect(await listed()).toContain('./late.png');
  });

  test('nothing is done where all replicas have the volume, and no container is left', async () => {
    await Promise.all([first, stopped].map((container) => container.remove({ force: true })));
    made.splice(0);
    await replica(image, 'true', uploads);
    const before = await docker.listContainers({
      all: true,
      filters: { label: [`medusa-infra.project=${run}`] },
    });
    await new UploadedFiles(docker, () => expect.unreachable()).prepare(uploads);
    await new UploadedFiles(docker, () => expect.unreachable()).finish(uploads);
    const after = await docker.listContainers({
      all: true,
      filters: { label: [`medusa-infra.project=${run}`] },
    });
    expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
    expect(after).toHaveLength(1);
  });
});
