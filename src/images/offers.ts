import type { ImageLock, ImageName } from '../derive/plan.ts';
import { type Problem, UserError } from '../errors.ts';
import { formatProblem } from '../stack/problems.ts';
import type { StackFile } from '../stack/stack-file.ts';

export type ImageSource = ImageLock['source'];

/** Major version wanted of each image. @default the newest that the source offers */
export type WantedImages = Readonly<Partial<Record<ImageName, string | number>>>;

export const imageNames: readonly ImageName[] = ['postgres', 'redis', 'node', 'edge'];

const offers: Readonly<Record<ImageSource, Readonly<Record<ImageName, readonly string[]>>>> = {
  // Maintained major versions of the official repositories.
  official: {
    postgres: ['18', '17', '16', '15', '14'],
    redis: ['8', '7', '6'],
    node: ['22'],
    edge: ['2'],
  },
  // What Debian 12 has; Node comes from the npm registry (see pins.ts).
  debian: { postgres: ['15'], redis: ['7'], node: ['22'], edge: ['2'] },
};

const pathOfImage: Readonly<Partial<Record<ImageName, Problem['path']>>> = {
  postgres: ['database', 'version'],
  redis: ['redis', 'version'],
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
 * The major version to use of each image.
 * @param why how the source was chosen, for messages
 * @throws UserError if the source does not offer what is wanted
 */
export function chooseVersions(
  source: ImageSource,
  wanted: WantedImages,
  why?: string,
): Record<ImageName, string> {
  const problems = versionProblems(source, wanted, why);
  if (problems.length > 0) {
    throw new UserError(problems.map(formatProblem).join('\n'), 'image-version-not-offered');
  }
  return Object.fromEntries(
    imageNames.map((image) => [image, String(wanted[image] ?? offers[source][image][0])]),
  ) as Record<ImageName, string>;
}

/** Each wanted version that the source does not offer. */
export function versionProblems(
  source: ImageSource,
  wanted: WantedImages,
  why?: string,
): Problem[] {
  return imageNames.flatMap((image) => {
    const asked = wanted[image];
    if (asked === undefined || offers[source][image].includes(String(asked))) return [];
    return [notOfferedProblem(source, image, String(asked), why)];
  });
}

/** The error for a version that a source does not offer. */
export function notOffered(source: ImageSource, image: ImageName, asked: string): UserError {
  const problem = notOfferedProblem(source, image, asked);
  return new UserError(formatProblem(problem), problem.code);
}

function notOfferedProblem(
  source: ImageSource,
  image: ImageName,
  asked: string,
  why?: string,
): Problem {
  const offered = offers[source][image].join(', ');
  const reason = why === undefined ? '' : ` (${why})`;
  const fix =
    source === 'debian'
      ? 'set one of these, or set images.source: official if an image registry is reachable'
      : 'set one of these';
  return {
    path: pathOfImage[image] ?? ['images', image],
    message: `the image source "${source}"${reason} offers ${offered}, got "${asked}"; ${fix}`,
    code: 'image-version-not-offered',
  };
}

/** The images that a stack's target uses. */
export function usedImages({ target, backend }: StackFile): readonly ImageName[] {
  if (target === 'docker') return imageNames;
  // PostgreSQL's image for psql, Node's for a backend that is built here.
  return ['postgres', ...('build' in backend.image ? (['node'] as const) : [])];
}

/** Major versions that the stack file asks for. */
export function wantedVersions({ target, database, redis }: StackFile): WantedImages {
  // AWS runs the servers; only psql of PostgreSQL's image is used, and it works with any version.
  if (target === 'aws') return {};
  return {
    ...(database.type === 'postgres' && database.version !== undefined
      ? { postgres: database.version }
      : {}),
    ...(redis !== false && redis.version !== undefined ? { redis: redis.version } : {}),
  };
}
