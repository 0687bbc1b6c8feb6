import type { ImageLock } from '../../src/derive/plan.ts';
import type { StackFile } from '../../src/stack/stack-file.ts';
import { type EnsureImagesOptions, ensureImages } from './ensure.ts';
import { readImageLock, writeImageLock } from './lock-file.ts';
import { wantedVersions } from './offers.ts';

/**
 * Brings the images that a stack began with, or chooses them now and keeps the choice in
 * `images.lock.yaml` of the stacks' folder.
 * @throws UserError where a version is not offered, or the images cannot be had
 */
export async function bringStackImages(
  stack: StackFile,
  stacksDir: string,
  name: string,
  options: Pick<EnsureImagesOptions, 'offline' | 'log' | 'engine'>,
): Promise<ImageLock> {
  const images = await ensureImages({
    ...options,
    source: stack.images.source,
    registry: stack.images.registry,
    wanted: wantedVersions(stack),
    lock: await readImageLock(stacksDir, name),
  });
  await writeImageLock(stacksDir, name, images);
  return images;
}
