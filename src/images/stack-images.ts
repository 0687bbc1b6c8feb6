import type { StackImages } from '../derive/plan.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { EnsureImagesOptions } from './ensure.ts';
import { readImageLock, writeImageLock } from './lock-file.ts';
import { usedImages, wantedVersions } from './offers.ts';

type BringOptions = Pick<EnsureImagesOptions, 'offline' | 'log' | 'engine'>;

/**
 * Brings the images that a stack began with, or chooses them now and keeps the choice in
 * `images.lock.yaml` of the stacks' folder. On aws they are only what other images are built from, so
 * that with the choice made no engine is asked.
 * @throws UserError where a version is not offered, or the images cannot be had
 */
export async function bringStackImages(
  stack: StackFile,
  stacksDir: string,
  name: string,
  options: BringOptions,
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
