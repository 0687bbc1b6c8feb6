import type { LockedImage, StackImages } from '../derive/plan.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { chooseVersions, usedImages, wantedVersions } from './offers.ts';

/** What `images.source` would choose now: the plan needs major versions, no more. */
export function presumedImages(stack: StackFile): StackImages {
  const source = stack.images.source === 'debian' ? 'debian' : 'official';
  const versions = chooseVersions(source, wantedVersions(stack));
  const images = Object.fromEntries(
    usedImages(stack).map((image): [string, LockedImage] => [
      image,
      { ref: '', name: `${image}:${versions[image]}`, version: versions[image] },
    ]),
  );
  return { source, images };
}
