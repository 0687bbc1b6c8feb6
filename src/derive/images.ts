import { UserError } from '../errors.ts';
import type { DockerStack, StackFile } from '../stack/stack-file.ts';

/** Where the images of a stack come from, chosen once and kept in `stacks/images.lock.yaml`. */
export interface StackImages {
  readonly source: 'official' | 'debian';
  /** Those that its target uses. */
  readonly images: Readonly<Partial<Record<ImageName, LockedImage>>>;
  /** Where the stack file names the backend's image, and a registry has it. */
  readonly backend?: LockedBackend;
}

/** The same with all images, as target docker uses them. */
export interface ImageLock extends StackImages {
  readonly images: Readonly<Record<ImageName, LockedImage>>;
}

export type ImageName = 'postgres' | 'redis' | 'node' | 'edge';

export interface LockedImage {
  /** What containers run: a digest reference (official) or an image ID `sha256:…` (built here). */
  readonly ref: string;
  /** Readable name, such as `postgres:17-bookworm` or `localhost/medusa-infra/postgres:15-debian-bookworm`. */
  readonly name: string;
  /** Full version of the software in it, such as `15.14`. */
  readonly version: string;
  /** ISO date and time of the choice. @default not recorded: an earlier version of the kit chose it */
  readonly chosen?: string | undefined;
  /** ISO date and time at which it was found to be the newest later. */
  readonly checked?: string | undefined;
}

/** What a reference in the stack file meant when it was first used. */
export interface LockedBackend {
  /** The reference as the stack file has it; another one there is another choice. */
  readonly name: string;
  /** By digest. */
  readonly ref: string;
  /** ISO date and time of the choice. */
  readonly chosen?: string | undefined;
  /** ISO date and time at which it was found to be the newest later. */
  readonly checked?: string | undefined;
  /** How often `images update` has taken another digest under the same reference. @default 0 */
  readonly updates?: number | undefined;
}

/** Whether the stack file names an image by a reference that may mean another image tomorrow. */
export function isTag(image: BackendImage): image is { readonly reference: string } {
  return 'reference' in image && !image.reference.includes('@');
}

type BackendImage = StackFile['backend']['image'];

/** The pinned digest of a backend's image; undefined if the stack file has another reference, or names its own digest. */
export function pinnedBackend(
  image: BackendImage,
  lock: StackImages | undefined,
): LockedBackend | undefined {
  const pin = lock?.backend;
  return pin && 'reference' in image && image.reference === pin.name ? pin : undefined;
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
