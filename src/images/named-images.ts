import type { ImageName, StackImages } from '../derive/plan.ts';
import type { Problem } from '../stack/problems.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { majorOf, offeredVersions, usedImages, wantedVersions } from './offers.ts';
import { officialName } from './official.ts';

/** An image that a stack takes from a registry. */
export interface NamedImage {
  /** What of the stack file it comes from. */
  readonly path: Problem['path'];
  readonly reference: string;
  /** What else a person can do than mend the reference. */
  readonly mend?: string;
  /** Where no registry answers, it is built from packages. */
  readonly replaceable?: boolean;
}

/**
 * Every image that a stack takes from a registry: the backend's, and the official ones with the digests
 * that the lock keeps. What is built on this machine is none of them.
 */
export function namedImages(stack: StackFile, lock: StackImages | undefined): NamedImage[] {
  const { backend } = stack;
  return [
    ...('reference' in backend.image
      ? [{ path: ['backend', 'image'], reference: backend.image.reference }]
      : []),
    ...usedImages(stack).flatMap((image) => officialImage(stack, lock, image) ?? []),
  ];
}

/** As `ensureImages` chooses it, of what only a registry has. */
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
    // An ID is of this engine alone: where it is gone, the image is chosen anew.
    if (!locked.ref.includes('@')) return undefined;
    return {
      path: pathOf(image, registry),
      reference: locked.ref,
      mend: 'remove the stack from stacks/images.lock.yaml to take the current one',
    };
  }
  const from = kept?.source ?? source;
  // Docker Hub has what is offered here; whether it answers is found out when the source is chosen.
  if (from === 'debian' || (from === 'auto' && registry === undefined)) return undefined;
  const major = asked === undefined ? offeredVersions('official')[image][0] : String(asked);
  if (major === undefined || !offeredVersions('official')[image].includes(major)) return undefined;
  return {
    path: pathOf(image, registry, asked),
    reference: officialName(image, major, registry),
    mend: 'put it there, or name a registry that has it under images.registry',
    ...(from === 'auto' ? { replaceable: true } : {}),
  };
}

function pathOf(
  image: ImageName,
  registry: string | undefined,
  asked?: string | number,
): Problem['path'] {
  if (asked !== undefined && image === 'postgres') return ['database', 'version'];
  if (asked !== undefined && image === 'redis') return ['redis', 'version'];
  return ['images', registry === undefined ? 'source' : 'registry'];
}
