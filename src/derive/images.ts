import { UserError } from '../errors.ts';
import type { DockerStack } from '../stack/stack-file.ts';

/** Where the images of a stack come from, chosen once and kept in `stacks/images.lock.yaml`. */
export interface StackImages {
  readonly source: 'official' | 'debian';
  /** Those that its target uses. */
  readonly images: Readonly<Partial<Record<ImageName, LockedImage>>>;
}

/** The same with all images, as target docker uses them. */
export interface ImageLock extends StackImages {
  readonly images: Readonly<Record<ImageName, LockedImage>>;
}

export type ImageName = 'postgres' | 'redis' | 'node' | 'edge';

export interface LockedImage {
  /** What containers run: a digest reference (official) or an image ID `sha256:…` (built here). */
  readonly ref: string;
  /** Readable name, such as `postgres:17-bookworm` or `medusa-infra/postgres:15-debian-bookworm`. */
  readonly name: string;
  /** Full version of the software in it, such as `15.14`. */
  readonly version: string;
}

/**
 * Refuses a version that the stack's images do not have. The stack keeps the images that it began
 * with (`stacks/images.lock.yaml`): data of another major version would not open.
 */
export function checkImageVersions(stack: DockerStack, images: StackImages): void {
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
    `${key}: this stack's images have ${product} ${offered} (${image.name}, source ${images.source}), got ${wanted}; ${fixFor(key, offered, images)}`,
    'image-version-not-offered',
  );
}

/** An image that the stack's target uses. */
export function lockedImage({ images }: StackImages, name: ImageName): LockedImage {
  const image = images[name];
  if (image === undefined) throw new Error(`the stack has no image ${name}`);
  return image;
}

function fixFor(key: string, offered: number, images: StackImages): string {
  const keep = `remove ${key} or set it to ${offered}`;
  return images.source === 'debian'
    ? `${keep} (images.source: official offers other versions, for a stack without data yet)`
    : keep;
}
