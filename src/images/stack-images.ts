import { pinnedBackend } from '../derive/images.ts';
import type { LockedBackend, LockedImage, StackImages } from '../derive/plan.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { EnsureImagesOptions } from './ensure.ts';
import { readImageLock, writeImageLock } from './lock-file.ts';
import { usedImages, wantedVersions } from './offers.ts';

interface PrepareOptions extends Pick<EnsureImagesOptions, 'offline' | 'log' | 'engine'> {
  /** Project of the stack, by whose containers a stack without a pinned backend is taken over. */
  readonly project?: string;
}

/**
 * Makes sure that the engine has the images that a stack was first deployed with, or chooses them now
 * and records the choice in `images.lock.yaml` in the folder of the stack files. Says so if the tag of the
 * backend's image has moved. On aws other images are only built from them, so no engine is asked once they
 * are chosen, and the backend's is pinned when an image is built from it.
 * @throws UserError if a version is not offered, or an image is not available
 */
export async function prepareStackImages(
  stack: StackFile,
  stacksDir: string,
  name: string,
  options: PrepareOptions,
): Promise<StackImages> {
  const lock = await readImageLock(stacksDir, name);
  const [images, backend] = await Promise.all([
    ownImages(stack, lock, options),
    backendImage(stack, lock, name, options),
  ]);
  const chosen = withDates({ ...images, ...(backend ? { backend } : {}) }, lock, new Date());
  await writeImageLock(stacksDir, name, chosen);
  return chosen;
}

async function ownImages(
  stack: StackFile,
  lock: StackImages | undefined,
  { offline, log, engine }: PrepareOptions,
): Promise<StackImages> {
  if (stack.target === 'aws' && lock && isComplete(stack, lock)) {
    const { source, images } = lock;
    return { source, images };
  }
  const { ensureImages } = await import('./ensure.ts');
  return ensureImages({
    log,
    ...(offline === undefined ? {} : { offline }),
    ...(engine ? { engine } : {}),
    names: usedImages(stack),
    source: stack.images.source,
    registry: stack.images.registry,
    wanted: wantedVersions(stack),
    lock,
  });
}

async function backendImage(
  stack: StackFile,
  lock: StackImages | undefined,
  name: string,
  { offline, log, engine, project }: PrepareOptions,
): Promise<LockedBackend | undefined> {
  const pin = pinnedBackend(stack.backend.image, lock);
  const moved = pin && !offline ? movedNote(pin, name, stack.target, engine) : undefined;
  // A tag that has moved is no reason to fail, nor one to wait for when something else fails.
  const said = moved?.then((line) => line && log(line));
  if (stack.target === 'aws') {
    await said;
    return pin;
  }
  if (!('reference' in stack.backend.image)) return undefined;
  const { pinBackend } = await import('./backend-pin.ts');
  const owner = project === undefined ? undefined : { project, stack: name };
  const found = await pinBackend(stack, lock, { offline, log, engine, owner });
  await said;
  return found;
}

async function movedNote(
  pin: LockedBackend,
  name: string,
  target: StackFile['target'],
  engine: PrepareOptions['engine'],
): Promise<string | undefined> {
  const { movedTag } = await import('./moved-tag.ts');
  if (target === 'aws') return movedTag(pin, name);
  const { connectEngine } = await import('../docker/images.ts');
  return movedTag(pin, name, engine ?? connectEngine());
}

function isComplete(stack: StackFile, lock: StackImages): boolean {
  const { source } = stack.images;
  return (
    (source === 'auto' || source === lock.source) &&
    usedImages(stack).every((image) => lock.images[image] !== undefined)
  );
}

/** What is chosen now gets the date; what the lock has keeps its own. */
export function withDates(
  images: StackImages,
  lock: StackImages | undefined,
  now: Date,
): StackImages {
  const chosen = now.toISOString();
  const dated = <T extends { readonly ref: string }>(image: T, before: T | undefined): T =>
    before?.ref === image.ref ? before : { ...image, chosen };
  const { source, backend } = images;
  return {
    source,
    images: Object.fromEntries(
      Object.entries(images.images).map(([key, image]): [string, LockedImage] => [
        key,
        dated(image, lock?.images[key as keyof StackImages['images']]),
      ]),
    ),
    ...(backend
      ? { backend: dated(backend, lock?.backend?.name === backend.name ? lock.backend : undefined) }
      : {}),
  };
}
