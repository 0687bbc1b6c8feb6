import { UserError } from '../errors.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { ImageName, LockedImage, StackImages } from './plan.ts';

/**
 * Refuses a version that the stack's images do not have. The stack keeps the images that it began
 * with (`stacks/images.lock.yaml`): data of another major version would not open.
 */
export function checkImageVersions(stack: StackFile, images: StackImages): void {
  // Elsewhere the cloud's own database and Redis serve the stack.
  if (stack.target !== 'docker') return;
  const { database, redis } = stack;
  if (database.type === 'postgres' && !database.external) {
    checkVersion('database.version', 'PostgreSQL', database.version, 'postgres', images);
  }
  if (redis && !redis.external)
    checkVersion('redis.version', 'Redis', redis.version, 'redis', images);
}

function checkVersion(
  key: string,
  product: string,
  wanted: number | undefined,
  name: ImageName,
  images: StackImages,
): void {
  const image = lockedImage(images, name);
  const offered = Number.parseInt(image.version, 10);
  if (wanted === undefined || wanted === offered) return;
  throw new UserError(
    `${key}: this stack's images have ${product} ${offered} (${image.name}, source ${images.source}), got ${wanted}; ${mend(key, offered, images)}`,
  );
}

/** An image that the stack's target uses. */
export function lockedImage({ images }: StackImages, name: ImageName): LockedImage {
  const image = images[name];
  if (image === undefined) throw new Error(`the stack has no image ${name}`);
  return image;
}

function mend(key: string, offered: number, images: StackImages): string {
  const keep = `remove ${key} or set it to ${offered}`;
  return images.source === 'debian'
    ? `${keep} (images.source: official offers other versions, for a stack without data yet)`
    : keep;
}
