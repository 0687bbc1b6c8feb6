import type Docker from 'dockerode';
import type { ImageLock, ImageName, LockedImage, StackImages } from '../derive/plan.ts';
import { connectEngine, inspectImage } from '../docker/images.ts';
import { UserError } from '../errors.ts';
import { buildDebian, findDebian, nameForBuilds } from './debian.ts';
import {
  chooseVersions,
  type ImageSource,
  imageNames,
  majorOf,
  type WantedImages,
} from './offers.ts';
import { findOfficial, pullOfficial, pullReference, RegistryError } from './official.ts';

export interface EnsureImagesOptions {
  /** `auto`: official if a registry answers, otherwise built from Debian packages. */
  readonly source: 'auto' | ImageSource;
  /** Host and path of a registry for the official images. @default the engine's */
  readonly registry?: string | undefined;
  /** Major version of each image. @default the newest that the source offers */
  readonly wanted: WantedImages;
  /** What the stack was first deployed with; kept as long as the stack file asks for it. */
  readonly lock?: StackImages;
  /** Whether to stay off the network. @default false */
  readonly offline?: boolean;
  /** Gets one line for each step. */
  readonly log: (line: string) => void;
  /** @default the engine of DOCKER_HOST or the system's socket */
  readonly engine?: Docker;
}

/** The same, for some of the images. */
export interface EnsureSomeOptions extends EnsureImagesOptions {
  readonly names: readonly ImageName[];
}

type AvailableImages = Partial<Record<ImageName, LockedImage>>;

/**
 * Makes sure that the engine has the images of a stack: pulls or builds those that are missing, and
 * reports each through `log`.
 * @returns exactly which images they are
 * @throws UserError if a version is not offered, or an image is not available
 */
export async function ensureImages(options: EnsureSomeOptions): Promise<StackImages>;
export async function ensureImages(options: EnsureImagesOptions): Promise<ImageLock>;
export async function ensureImages(
  given: EnsureImagesOptions | EnsureSomeOptions,
): Promise<StackImages> {
  const options: EnsureSomeOptions = { names: imageNames, ...given };
  const engine = options.engine ?? connectEngine();
  const { lock, source } = options;
  if (lock !== undefined && (source === 'auto' || source === lock.source)) {
    const kept = await keepLocked(engine, options, lock);
    return complete(engine, options, lock.source, kept);
  }
  if (lock !== undefined) {
    options.log(`images: the source changes from ${lock.source} to ${source}`);
  }
  if (source !== 'auto') {
    return complete(engine, options, source, {});
  }
  return chooseSource(engine, options);
}

/** The images of the lock that are still wanted; pulls those that the engine no longer has. */
async function keepLocked(
  engine: Docker,
  options: EnsureSomeOptions,
  lock: StackImages,
): Promise<AvailableImages> {
  const kept: AvailableImages = {};
  await Promise.all(
    options.names.map(async (image) => {
      const locked = lock.images[image];
      const asked = options.wanted[image];
      if (!locked || (asked !== undefined && majorOf(locked.version) !== String(asked))) {
        return;
      }
      if ((await inspectImage(engine, locked.ref)) !== undefined) {
        kept[image] = locked;
        if (image === 'node') await nameForBuilds(engine, locked);
      } else if (locked.ref.includes('@') && !options.offline) {
        await pullReference(
          engine,
          locked.ref,
          () => options.log(`pulling ${locked.name} (${locked.ref})`),
          () => goneError(locked),
        );
        kept[image] = locked;
      }
    }),
  );
  return kept;
}

function goneError(locked: LockedImage): UserError {
  return new UserError(
    `${locked.name}: the registry no longer has ${locked.ref}, which the stack is pinned to; ` +
      'take the current one: medusa-infra images update',
    'image-pin-gone',
  );
}

/** Adds to `kept` what it lacks, from one source. */
async function complete(
  engine: Docker,
  options: EnsureSomeOptions,
  source: ImageSource,
  kept: AvailableImages,
  why?: string,
): Promise<StackImages> {
  // What the lock keeps stays valid, even if a newer kit would choose another version.
  const wanted: WantedImages = Object.fromEntries(
    options.names.map((image) => [
      image,
      kept[image] ? offeredOrUndefined(source, image, options) : options.wanted[image],
    ]),
  );
  const versions = chooseVersions(source, wanted, why);
  const missing = options.names.filter((image) => kept[image] === undefined);
  const found =
    source === 'official'
      ? await completeOfficial(engine, options, missing, versions)
      : await completeDebian(engine, options, missing, versions);
  const all = { ...kept, ...found };
  return { source, images: Object.fromEntries(options.names.map((image) => [image, all[image]])) };
}

function offeredOrUndefined(
  source: ImageSource,
  image: ImageName,
  options: EnsureSomeOptions,
): string | number | undefined {
  return source === 'debian' ? options.wanted[image] : undefined;
}

async function completeOfficial(
  engine: Docker,
  options: EnsureSomeOptions,
  missing: readonly ImageName[],
  versions: Readonly<Record<ImageName, string>>,
): Promise<AvailableImages> {
  const found: AvailableImages = {};
  await Promise.all(
    missing.map(async (image) => {
      const major = versions[image];
      const present = await findOfficial(engine, image, major, options.registry);
      if (present === undefined && options.offline) {
        throw offlineError('official', image);
      }
      found[image] =
        present ?? (await pullOfficial(engine, image, major, options.registry, options.log));
    }),
  );
  return found;
}

async function completeDebian(
  engine: Docker,
  options: EnsureSomeOptions,
  missing: readonly ImageName[],
  versions: Readonly<Record<ImageName, string>>,
): Promise<AvailableImages> {
  const found: AvailableImages = {};
  const absent: Partial<Record<ImageName, string>> = {};
  for (const image of missing) {
    const present = await findDebian(engine, image, versions[image]);
    if (present) {
      found[image] = present;
    } else if (options.offline) {
      throw offlineError('debian', image);
    } else {
      absent[image] = versions[image];
    }
  }
  if (Object.keys(absent).length === 0) {
    return found;
  }
  return { ...found, ...(await buildDebian(engine, absent, options.log)) };
}

/** Chooses a stack's source, once. */
async function chooseSource(engine: Docker, options: EnsureSomeOptions): Promise<StackImages> {
  const { log } = options;
  if (options.offline) {
    return chooseOffline(engine, options);
  }
  const registry = options.registry ?? "the engine's registry";
  try {
    // One image shows whether a registry answers; the others follow at the same time.
    const versions = chooseVersions('official', options.wanted);
    const [first] = options.names.includes('redis') ? ['redis' as const] : options.names;
    const probed = await completeOfficial(engine, options, first ? [first] : [], versions);
    const lock = await complete(engine, options, 'official', probed);
    log(`images: official, from ${registry}`);
    return lock;
  } catch (error) {
    if (!(error instanceof RegistryError)) {
      throw error;
    }
    log(`images: ${registry} does not serve the official images (${error.message})`);
  }
  const lock = await complete(engine, options, 'debian', {}, 'no image registry answers');
  log('images: built from Debian packages on this machine');
  return lock;
}

async function chooseOffline(engine: Docker, options: EnsureSomeOptions): Promise<StackImages> {
  const reasons: string[] = [];
  for (const source of ['official', 'debian'] as const) {
    try {
      return await complete(engine, options, source, {});
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      reasons.push(error.message);
    }
  }
  throw new UserError(reasons.join('\n'), 'image-not-local');
}

function offlineError(source: ImageSource, image: ImageName): UserError {
  const work = source === 'official' ? 'pulled' : 'built';
  return new UserError(
    `images.source: the ${image} image of the source "${source}" is not on the engine and cannot be ${work} with --offline; ` +
      'run once without it',
    'image-not-local',
  );
}
