import type { StackImages } from '../derive/plan.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { EnsureImagesOptions } from './ensure.ts';
import { readImageLock, writeImageLock } from './lock-file.ts';
import { usedImages, wantedVersions } from './offers.ts';

type PrepareOptions = Pick<EnsureImagesOptions, 'offline' | 'log' | 'engine'>;

/**
 * Makes sure that the engine has the images that a stack was first deployed with, or chooses them now
 * and records the choice in `images.lock.yaml` in the folder of the stack files. On aws other images are
 * only built from them, so no engine is asked once they are chosen.
 * @throws UserError if a version is not offered, or an image is not available
 */
export async function prepareStackImages(
  stack: StackFile,
  stacksDir: string,
  name: string,
  options: PrepareOptions,
): Promise<StackImages> {
  const names = usedImages(stack);
  const lock = await readImageLock(stacksDir, name);
  if (stack.target === 'aws' && lock && isComplete(stack, lock)) return lock;
  const { ensureImages } = await import('./ensure.ts');
  const images = await ensureImages({
    ...options,
    names,
    source: stack.images.source,
    registry: stack.images.registry,
    wanted: wantedVersions(stack),
    lock,
  });
  await writeImageLock(stacksDir, name, images);
  return images;
}

function isComplete(stack: StackFile, lock: StackImages): boolean {
  const { source } = stack.images;
  return (
    (source === 'auto' || source === lock.source) &&
    usedImages(stack).every((image) => lock.images[image] !== undefined)
  );
}
