import type { LockedBackend, LockedImage, StackImages } from '../../derive/plan.ts';

/** One image as `images` and `status` show it. */
export interface ImageAge {
  /** `postgres`, `redis`, `node`, `edge` or `backend`. */
  readonly name: string;
  readonly reference: string;
  /** Digest reference, or ID of an image that was built here; null: not pinned. */
  readonly ref: string | null;
  readonly version: string | null;
  /** ISO date and time at which it was chosen; null where an earlier version of the kit chose it. */
  readonly chosen: string | null;
  /** ISO date and time at which it was last found to be the newest, or chosen. */
  readonly checked: string | null;
  /** ISO date and time at which it was built; null where the engine does not have it. */
  readonly created: string | null;
  /** Days since it was built. */
  readonly ageDays: number | null;
  readonly due: boolean;
}

const DAY = 86_400_000;

/**
 * The images in a lock.
 * @param created ref -> when it was built
 * @param maxAge seconds; an image that nobody has chosen or checked on record counts from when it was built
 */
export function imageAges(
  { images, backend }: StackImages,
  created: ReadonlyMap<string, string>,
  maxAge: number | undefined,
  now: number,
): ImageAge[] {
  const ageOf = (name: string, image: LockedImage | LockedBackend): ImageAge => {
    const built = created.get(image.ref) ?? null;
    const checked = image.checked ?? image.chosen ?? null;
    const since = checked ?? built;
    return {
      name,
      reference: image.name,
      ref: image.ref,
      version: 'version' in image ? image.version : null,
      chosen: image.chosen ?? null,
      checked,
      created: built,
      ageDays: built === null ? null : Math.round((now - Date.parse(built)) / (DAY / 10)) / 10,
      due: maxAge !== undefined && since !== null && now - Date.parse(since) >= maxAge * 1000,
    };
  };
  return [
    ...Object.entries(images).map(([name, image]) => ageOf(name, image)),
    ...(backend ? [ageOf('backend', backend)] : []),
  ];
}
