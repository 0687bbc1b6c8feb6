import { pinnedBackend } from '../derive/images.ts';
import type { ImageName, LockedBackend, StackImages } from '../derive/plan.ts';
import type { Problem } from '../errors.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { majorOf, offeredVersions, usedImages, wantedVersions } from './offers.ts';
import { officialName } from './official.ts';

/** An image that a stack takes from a registry. */
export interface NamedImage {
  /** Key of the stack file that decides it. */
  readonly path: NonNullable<Problem['path']>;
  readonly reference: string;
  /** What to do other than correcting the reference. */
  readonly fix?: string;
  /** Whether it is built from packages if no registry answers. */
  readonly replaceable?: boolean;
}

/**
 * Every image that a stack takes from a registry: the backend's, and the official ones with the digests
 * in the lock file. Images that are built on this machine are not among them.
 */
export function namedImages(stack: StackFile, lock: StackImages | undefined): NamedImage[] {
  const { backend } = stack;
  return [
    ...('reference' in backend.image
      ? [backendImage(backend.image.reference, pinnedBackend(backend.image, lock))]
      : []),
    ...usedImages(stack).flatMap((image) => officialImage(stack, lock, image) ?? []),
  ];
}

function backendImage(reference: string, pin: LockedBackend | undefined): NamedImage {
  return {
    path: ['backend', 'image'],
    reference: pin?.ref ?? reference,
    ...(pin ? { fix: 'take the current one: medusa-infra images update backend' } : {}),
  };
}

/** The image that `ensureImages` chooses; undefined if it does not come from a registry. */
function officialImage(
  stack: StackFile,
  lock: StackImages | undefined,
  image: ImageName,
): NamedImage | undefined {
  const { source, registry } = stack.images;
  const kept = lock && (source === 'auto' || source === lock.source) ? lock : undefined;
  const asked = wantedVersions(stack)[image];
  const locked = kept?.images[image];
  if (locked && (asked === undefined || majorOf(locked.version) === String(asked))) {
    // An ID exists on this engine alone: if it is gone, the image is chosen again.
    if (!locked.ref.includes('@')) return undefined;
    return {
      path: pathOf(image, registry),
      reference: locked.ref,
      fix: 'take the current one: medusa-infra images update',
    };
  }
  const from = kept?.source ?? source;
  // Docker Hub has all that is offered; whether it answers is found out when the source is chosen.
  if (from === 'debian' || (from === 'auto' && registry === undefined)) return undefined;
  const major = asked === undefined ? offeredVersions('official')[image][0] : String(asked);
  if (major === undefined || !offeredVersions('official')[image].includes(major)) return undefined;
  return {
    path: pathOf(image, registry, asked),
    reference: officialName(image, major, registry),
    fix: 'push it there, or set images.registry to a registry that has it',
    ...(from === 'auto' ? { replaceable: true } : {}),
  };
}

function pathOf(
  image: ImageName,
  registry: string | undefined,
  asked?: string | number,
): NonNullable<Problem['path']> {
  if (asked !== undefined && image === 'postgres') return ['database', 'version'];
  if (asked !== undefined && image === 'redis') return ['redis', 'version'];
  return ['images', registry === undefined ? 'source' : 'registry'];
}
