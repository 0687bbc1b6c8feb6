import type Docker from 'dockerode';
import { isTag, pinnedBackend } from '../derive/images.ts';
import type { ImageName, LockedBackend, LockedImage, StackImages } from '../derive/plan.ts';
import { connectEngine, inspectImage } from '../docker/images.ts';
import { UserError } from '../errors.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { buildDebian } from './debian.ts';
import { REGISTRY_ANSWER_MILLISECONDS } from './limits.ts';
import { readImageLock, writeImageLock } from './lock-file.ts';
import { currentDigest } from './moved-tag.ts';
import { majorOf, usedImages, wantedVersions } from './offers.ts';
import { pullOfficial, pullReference } from './official.ts';
import { digestIn, splitTag } from './reference.ts';
import { withDates } from './stack-images.ts';

/** What can be updated: the images that a target uses, and a backend's by reference. */
export type UpdatableImage = ImageName | 'backend';

export interface ImageUpdate {
  readonly name: UpdatableImage;
  /** Readable name, such as `postgres:17-bookworm`. */
  readonly reference: string;
  /** Digest reference or ID before; null: it was not pinned. */
  readonly from: string | null;
  /** The same now; null: it exists on this engine alone, so there is nothing to pin. */
  readonly to: string | null;
  readonly fromVersion: string | null;
  readonly toVersion: string | null;
}

interface UpdateOptions {
  readonly log: (line: string) => void;
  /** @default the engine of DOCKER_HOST or the system's socket */
  readonly engine?: Docker | undefined;
}

/** The names that `images update` accepts for a stack. */
export function updatableImages(stack: StackFile): readonly UpdatableImage[] {
  return [...usedImages(stack), ...(isTag(stack.backend.image) ? (['backend'] as const) : [])];
}

/**
 * Chooses images of a stack again, within their major version: asks the registry, whatever the engine
 * has, or builds from the packages that apt offers now. Writes the lock and touches nothing that runs.
 * @throws UserError if the stack has no images yet, or a registry does not answer
 */
export async function updateStackImages(
  stack: StackFile,
  stacksDir: string,
  name: string,
  names: readonly UpdatableImage[],
  options: UpdateOptions,
): Promise<ImageUpdate[]> {
  const lock = await readImageLock(stacksDir, name);
  if (lock === undefined) {
    throw new UserError(
      `${name} has no images yet; its first up takes the newest`,
      'images-not-chosen',
    );
  }
  const own = names.filter((one): one is ImageName => one !== 'backend');
  const [images, backend] = await Promise.all([
    newestImages(stack, lock, own, options),
    names.includes('backend') ? newestBackend(stack, options) : undefined,
  ]);
  const before = pinnedBackend(stack.backend.image, lock);
  const now = new Date();
  const next = withDates(
    {
      source: lock.source,
      images: { ...lock.images, ...images },
      ...(backend
        ? { backend: raised(backend, before) }
        : lock.backend
          ? { backend: lock.backend }
          : {}),
    },
    lock,
    now,
  );
  await writeImageLock(stacksDir, name, checked(next, names, now));
  return names.map((one) =>
    one === 'backend'
      ? updateOf(one, before, backend, stack)
      : updateOf(one, lock.images[one], next.images[one], stack),
  );
}

/** On aws another number publishes another image, and the first choice is what ran before it was pinned. */
function raised(now: LockedBackend, before: LockedBackend | undefined): LockedBackend {
  if (before?.ref === now.ref) return before;
  return { ...now, updates: (before?.updates ?? 0) + 1 };
}

function checked(images: StackImages, names: readonly UpdatableImage[], now: Date): StackImages {
  const mark = <T extends { readonly chosen?: string | undefined }>(image: T): T =>
    image.chosen === now.toISOString() ? image : { ...image, checked: now.toISOString() };
  const { backend } = images;
  return {
    ...images,
    images: Object.fromEntries(
      Object.entries(images.images).map(([key, image]) => [
        key,
        names.includes(key as ImageName) ? mark(image) : image,
      ]),
    ),
    ...(backend ? { backend: names.includes('backend') ? mark(backend) : backend } : {}),
  };
}

function updateOf(
  name: UpdatableImage,
  before: LockedImage | LockedBackend | undefined,
  now: LockedImage | LockedBackend | undefined,
  { backend }: StackFile,
): ImageUpdate {
  const version = (image: typeof now) => (image && 'version' in image ? image.version : null);
  const fallback = 'reference' in backend.image ? backend.image.reference : '';
  return {
    name,
    reference: now?.name ?? before?.name ?? fallback,
    from: before?.ref ?? null,
    to: now?.ref ?? null,
    fromVersion: version(before),
    toVersion: version(now),
  };
}

async function newestImages(
  stack: StackFile,
  lock: StackImages,
  names: readonly ImageName[],
  { log, engine = connectEngine() }: UpdateOptions,
): Promise<Partial<Record<ImageName, LockedImage>>> {
  const wanted = wantedVersions(stack);
  const majors = Object.fromEntries(
    names.flatMap((image) => {
      const version = wanted[image] ?? lock.images[image]?.version;
      return version === undefined ? [] : [[image, majorOf(version)] as const];
    }),
  ) as Partial<Record<ImageName, string>>;
  if (lock.source === 'debian') return buildDebian(engine, majors, log, { newest: true });
  const { registry } = stack.images;
  const found = await Promise.all(
    Object.entries(majors).map(
      async ([image, major]) =>
        [image, await pullOfficial(engine, image as ImageName, major, registry, log)] as const,
    ),
  );
  return Object.fromEntries(found);
}

async function newestBackend(
  { target, backend }: StackFile,
  { log, engine }: UpdateOptions,
): Promise<LockedBackend | undefined> {
  if (!isTag(backend.image)) return undefined;
  const { reference } = backend.image;
  if (target === 'aws') {
    const signal = AbortSignal.timeout(REGISTRY_ANSWER_MILLISECONDS);
    const digest = await currentDigest(reference, undefined, signal);
    if (digest === undefined) throw notInRegistry(reference);
    return { name: reference, ref: `${splitTag(reference)[0]}@${digest}` };
  }
  const docker = engine ?? connectEngine();
  const held = await inspectImage(docker, reference);
  if (held && digestIn(held, reference) === undefined) return undefined;
  await pullReference(
    docker,
    reference,
    () => log(`pulling ${reference}`),
    () => notInRegistry(reference),
  );
  const facts = await inspectImage(docker, reference);
  const ref = facts && digestIn(facts, reference);
  return ref === undefined ? undefined : { name: reference, ref };
}

function notInRegistry(reference: string): UserError {
  return new UserError(
    `backend.image: the registry has no ${reference}; correct the reference, or push the image first`,
    'image-not-found',
  );
}
