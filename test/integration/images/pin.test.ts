import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { LABELS, stackLabels } from '../../../src/derive/labels.ts';
import type { StackImages } from '../../../src/derive/plan.ts';
import { buildTar, pushImage, tagImage } from '../../../src/docker/images.ts';
import { ensureImages } from '../../../src/images/ensure.ts';
import { prepareStackImages } from '../../../src/images/stack-images.ts';
import { updateStackImages } from '../../../src/images/update.ts';
import { DebianRegistry } from '../../support/debian-registry.ts';
import { docker, removeProject } from '../../support/engine.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dev } from '../../support/unit/stack-files.ts';

const project = `it-pin-${Math.random().toString(36).slice(2, 8)}`;
let registry: DebianRegistry;
let reference: string;
let own: StackImages;
let folder: string;
const lines: string[] = [];
let marks = 0;

beforeAll(async () => {
  registry = await DebianRegistry.start();
  const log = () => undefined;
  own = await ensureImages({ source: 'auto', wanted: {}, log });
});

afterEach(async () => {
  lines.length = 0;
  await removeProject(project);
  for (const name of [reference, `${reference}-other`]) await forget(name);
});

afterAll(() => registry.stop());

/** A new stack folder with the lock that an earlier version of the kit wrote, and a reference of its own. */
function earlierStack(): void {
  folder = temporaryFolder();
  marks += 1;
  reference = `${registry.address}/${project}/shop:1.4.${marks}`;
  const { source, images } = own;
  writeFileSync(join(folder, 'images.lock.yaml'), stringify({ dev: { source, images } }));
}

/** @returns what the engine and the registry call it */
async function build(name: string, mark: string): Promise<string> {
  const context = pack();
  const { ref } = own.images.redis ?? { ref: '' };
  context.entry({ name: 'Dockerfile' }, `FROM ${ref}\nLABEL mark=${mark}\nCMD ["sleep", "600"]\n`);
  context.finalize();
  return buildTar(docker, context, { tag: name });
}

async function push(name: string, mark: string): Promise<{ id: string; ref: string }> {
  const id = await build(name, mark);
  const digest = await pushImage(docker, name);
  return { id, ref: `${name.slice(0, name.lastIndexOf(':'))}@${digest}` };
}

async function forget(name: string): Promise<void> {
  const id = await docker
    .getImage(name)
    .inspect()
    .then(
      ({ Id }) => Id,
      () => undefined,
    );
  if (id !== undefined)
    await docker
      .getImage(id)
      .remove({ force: true })
      .catch(() => undefined);
}

const prepare = (options: { offline?: boolean } = {}) =>
  prepareStackImages({ ...dev, backend: { ...dev.backend, image: { reference } } }, folder, 'dev', {
    project,
    log: (line) => lines.push(line),
    engine: docker,
    ...options,
  });

const locked = () => parse(readFileSync(join(folder, 'images.lock.yaml'), 'utf8')).dev;

async function run(image: string): Promise<void> {
  const Labels = { ...stackLabels(project, 'dev'), [LABELS.component]: 'backend' };
  await (await docker.createContainer({ Image: image, Labels })).start();
}

test('the digest is chosen once; a tag that moves is reported, and neither taken nor pulled', async () => {
  earlierStack();
  const first = await push(reference, 'first');
  await forget(reference);
  const chosen = await prepare();
  expect(chosen.backend).toEqual({
    name: reference,
    ref: first.ref,
    chosen: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(locked().backend).toEqual(chosen.backend);
  // The other images were chosen by an earlier version, which recorded no date.
  expect(locked().images).toEqual(own.images);

  const second = await push(reference, 'second');
  for (const name of [reference, first.id]) await forget(name);
  lines.length = 0;
  expect(await prepare()).toEqual(chosen);
  const digest = (ref: string) => ref.split('@')[1];
  expect(lines.sort()).toEqual([
    `backend.image: ${reference} has moved: the registry has ${digest(second.ref)}; the lock keeps ${digest(first.ref)}; to take the new one: medusa-infra images update backend -s dev`,
    `pulling ${reference} (${first.ref})`,
  ]);
  // The provider, which knows the tag alone, finds the pinned image under it.
  expect((await docker.getImage(reference).inspect()).Id).toBe(first.id);
});

test('update takes what the tag means now, whatever the engine has under it', async () => {
  earlierStack();
  const first = await push(reference, 'first');
  const { backend } = await prepare();
  const second = await push(reference, 'second');
  // As on another machine, where the old image still has the tag.
  await tagImage(docker, first.id, reference);
  const stack = { ...dev, backend: { ...dev.backend, image: { reference } } };
  const update = () =>
    updateStackImages(stack, folder, 'dev', ['backend'], { log: () => undefined, engine: docker });
  expect(await update()).toMatchObject([{ name: 'backend', from: first.ref, to: second.ref }]);
  expect(locked().backend).toEqual({
    name: reference,
    ref: second.ref,
    chosen: expect.any(String),
    updates: 1,
  });
  expect(locked().backend.chosen).not.toBe(backend?.chosen);
  expect(await update()).toMatchObject([{ from: second.ref, to: second.ref }]);
  expect(locked().backend).toMatchObject({ updates: 1, checked: expect.any(String) });
  expect((await prepare()).backend?.ref).toBe(second.ref);
});

test('offline the pinned image is used, and one that is not there is an error', async () => {
  earlierStack();
  await push(reference, 'offline');
  const chosen = await prepare({ offline: true });
  expect(chosen.backend?.name).toBe(reference);
  await forget(reference);
  await expect(prepare({ offline: true })).rejects.toThrow(
    `backend.image: ${chosen.backend?.ref}, which ${reference} is pinned to, is not on the engine and cannot be pulled with --offline; run once without it`,
  );
  expect(lines).toEqual([]);
});

test('another reference in the stack file is chosen again', async () => {
  earlierStack();
  await push(reference, 'one');
  const first = await prepare();
  const other = `${reference}-other`;
  const { ref } = await push(other, 'two');
  const before = reference;
  reference = other;
  const second = await prepare();
  reference = before;
  expect(second.backend).toMatchObject({ name: other, ref });
  expect(second.backend?.ref).not.toBe(first.backend?.ref);
});

test('a stack without an entry is taken over with what runs, although the tag has moved', async () => {
  earlierStack();
  const running = await push(reference, 'running');
  await run(running.id);
  await push(reference, 'newer');
  expect((await prepare()).backend).toMatchObject({ name: reference, ref: running.ref });
});

test('what runs is not taken for another reference', async () => {
  earlierStack();
  const running = await push(`${reference}-other`, 'running');
  await run(running.id);
  const { ref } = await push(reference, 'next');
  expect((await prepare()).backend).toMatchObject({ name: reference, ref });
});

test('an image that exists on this engine alone is not pinned', async () => {
  earlierStack();
  await build(reference, 'local');
  expect((await prepare()).backend).toBeUndefined();
  expect(locked()).not.toHaveProperty('backend');
  await build(reference, 'again');
  expect((await prepare()).backend).toBeUndefined();
});

test('a digest that the registry no longer has says how to go on', async () => {
  earlierStack();
  await push(reference, 'here');
  await prepare();
  const lock = readFileSync(join(folder, 'images.lock.yaml'), 'utf8');
  const gone = `sha256:${'0'.repeat(64)}`;
  const { ref } = locked().backend;
  writeFileSync(join(folder, 'images.lock.yaml'), lock.replace(ref.split('@')[1], gone));
  await expect(prepare()).rejects.toThrow(
    `backend.image: the registry no longer has ${ref.split('@')[0]}@${gone}, which ${reference} is pinned to; take the current one: medusa-infra images update backend`,
  );
});
