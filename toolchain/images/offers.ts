import type { ImageLock, ImageName } from '../../src/derive/plan.ts';
import { UserError } from '../../src/errors.ts';
import type { StackFile } from '../../src/stack/stack-file.ts';

export type ImageSource = ImageLock['source'];

/** Major version wanted of each image; what is left out is the newest that the source offers. */
export type WantedImages = Readonly<Partial<Record<ImageName, string | number>>>;

export const imageNames: readonly ImageName[] = ['postgres', 'redis', 'node', 'edge'];

const offers: Readonly<Record<ImageSource, Readonly<Record<ImageName, readonly string[]>>>> = {
  // Maintained majors of the official repositories.
  official: {
    postgres: ['18', '17', '16', '15', '14'],
    redis: ['8', '7', '6'],
    node: ['22'],
    edge: ['2'],
  },
  // What Debian 12 carries; Node comes from the npm registry (see pins.ts).
  debian: { postgres: ['15'], redis: ['7'], node: ['22'], edge: ['2'] },
};

const keyOfImage: Readonly<Partial<Record<ImageName, string>>> = {
  postgres: 'database.version',
  redis: 'redis.version',
};

/** Major versions that a source offers of each image, newest first. */
export function offeredVersions(
  source: ImageSource,
): Readonly<Record<ImageName, readonly string[]>> {
  return offers[source];
}

/** The major of a version: `15` of `15.14`. */
export function majorOf(version: string | number): string {
  return String(version).split('.')[0] ?? '';
}

/**
 * The major to use of each image.
 * @throws UserError where the source does not offer what is wanted; `why` says how the source came.
 */
export function chooseVersions(
  source: ImageSource,
  wanted: WantedImages,
  why?: string,
): Record<ImageName, string> {
  const chosen = {} as Record<ImageName, string>;
  for (const image of imageNames) {
    const offered = offers[source][image];
    const asked = wanted[image];
    if (asked !== undefined && !offered.includes(String(asked))) {
      throw notOffered(source, image, String(asked), why);
    }
    chosen[image] = asked === undefined ? (offered[0] as string) : String(asked);
  }
  return chosen;
}

/** The error for a version that a source does not offer. */
export function notOffered(
  source: ImageSource,
  image: ImageName,
  asked: string,
  why?: string,
): UserError {
  const key = keyOfImage[image] ?? `images.${image}`;
  const offered = offers[source][image].join(', ');
  const reason = why === undefined ? '' : ` (${why})`;
  const mend =
    source === 'debian'
      ? 'set one of these, or images.source: official where an image registry can be reached'
      : 'set one of these';
  return new UserError(
    `${key}: the image source "${source}"${reason} offers ${offered}, got "${asked}"; ${mend}`,
  );
}

/** Major versions that the stack file asks for. */
export function wantedVersions({ target, database, redis }: StackFile): WantedImages {
  // The cloud runs the servers; of PostgreSQL's image only psql is used, which speaks to any of them.
  if (target === 'aws') return {};
  return {
    ...(database.type === 'postgres' && database.version !== undefined
      ? { postgres: database.version }
      : {}),
    ...(redis !== false && redis.version !== undefined ? { redis: redis.version } : {}),
  };
}
