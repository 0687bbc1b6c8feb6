import type Docker from 'dockerode';
import { enginePlatform, inspectImage, pullImage } from '../../docker/images.ts';
import { UserError } from '../../errors.ts';
import { mayBeEmulated } from '../emulation.ts';
import type { ImageRecipe } from './image-publisher.ts';

type Platform = ImageRecipe['platform'];

/** What a stack file calls each. */
const ARCHITECTURES: Readonly<Record<Platform, string>> = {
  'linux/amd64': 'x86_64',
  'linux/arm64': 'arm64',
};

/**
 * Why this engine would make an image for another platform than the tasks are for; undefined: it makes
 * the right one, as far as can be known before it does. Docker's classic builder says nothing: what is
 * on the engine it takes, for whichever platform that is.
 */
export async function platformProblem(
  engine: Docker,
  { base, platform }: Pick<ImageRecipe, 'base' | 'platform'>,
): Promise<string | undefined> {
  const own = await enginePlatform(engine);
  if (!('reference' in base)) {
    if (own === platform || mayBeEmulated(platform)) return undefined;
    return `backend.image: a folder has to be built for ${platform} (aws.backend.architecture: ${ARCHITECTURES[platform]}), and this Docker engine runs on ${own} without emulation; run up where the engine runs on ${platform}, name an image that has ${platform}, or set aws.backend.architecture: ${ARCHITECTURES[own as Platform] ?? 'to its own'}`;
  }
  // What has no name in a registry is on this engine alone.
  if (!base.reference.startsWith('sha256:')) return undefined;
  const held = await platformOf(engine, base.reference);
  if (held === undefined || held === platform) return undefined;
  return `images.source: the engine's image ${base.reference.slice(0, 19)}, from which another is made, is for ${held}, and ${platform} is needed (aws.backend.architecture: ${ARCHITECTURES[platform]}); images that are built from Debian packages are for the processor that they are built on: run up there, or let a registry answer and remove the stack's entry in images.lock.yaml`;
}

/**
 * Sees to it that the engine has a base of the right platform, where it holds another one under that name.
 * @throws UserError where the registry gives none
 */
export async function bringPlatform(
  engine: Docker,
  reference: string,
  platform: Platform,
  authconfig: object | undefined,
): Promise<void> {
  const held = await platformOf(engine, reference);
  if (held === undefined || held === platform) return;
  const refused = await pull(engine, reference, {
    platform,
    ...(authconfig ? { authconfig } : {}),
  });
  const now = await platformOf(engine, reference);
  if (now === platform) return;
  throw new UserError(
    `backend.image: ${reference} is for ${now ?? held} on this engine, and ${platform} is needed (aws.backend.architecture: ${ARCHITECTURES[platform]})${refused ? `; its registry gives no other (${refused})` : ''}; build it for that platform too (docker buildx build --platform ${platform}), or name another`,
  );
}

/** @throws UserError where what was built is for another platform: its task would end with `exec format error` */
export async function requirePlatform(
  engine: Docker,
  name: string,
  platform: Platform,
): Promise<void> {
  const built = await platformOf(engine, name);
  if (built === undefined || built === platform) return;
  throw new UserError(
    `the engine made ${name} for ${built}, and ${platform} is needed (aws.backend.architecture: ${ARCHITECTURES[platform]}); nothing was pushed. The base images of its Dockerfile are on this engine for ${built} alone: run up where the engine runs on ${platform}, or name an image that has it (backend.image)`,
  );
}

/** undefined: there is no such image. */
async function platformOf(engine: Docker, reference: string): Promise<string | undefined> {
  return (await inspectImage(engine, reference))?.platform;
}

/** @returns why it could not be pulled */
async function pull(
  engine: Docker,
  reference: string,
  options: { readonly platform: string; readonly authconfig?: object },
): Promise<string | undefined> {
  try {
    await pullImage(engine, reference, options);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
  }
}
