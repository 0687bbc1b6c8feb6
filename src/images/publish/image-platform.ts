import type Docker from 'dockerode';
import { enginePlatform, inspectImage, pullImage } from '../../docker/images.ts';
import { lastLine, messageOf } from '../../error-text.ts';
import type { Problem } from '../../errors.ts';
import { ProblemError } from '../../stack/problems.ts';
import { mayBeEmulated } from '../emulation.ts';
import type { ImageRecipe } from './image-publisher.ts';

type Platform = ImageRecipe['platform'];

/** Names in the stack file. */
const ARCHITECTURES: Readonly<Record<Platform, string>> = {
  'linux/amd64': 'x86_64',
  'linux/arm64': 'arm64',
};

/**
 * Why this engine would build an image for another platform than that of the tasks; undefined: it builds
 * the right one, as far as can be known before. Docker's classic builder reports nothing: it uses a base
 * that is on the engine, whatever its platform.
 */
export async function platformProblem(
  engine: Docker,
  { base, platform }: Pick<ImageRecipe, 'base' | 'platform'>,
): Promise<Problem | undefined> {
  const own = await enginePlatform(engine);
  if (!('reference' in base)) {
    if (own === platform || mayBeEmulated(platform)) return undefined;
    return {
      path: ['backend', 'image'],
      message: `a folder has to be built for ${platform} (aws.backend.architecture: ${ARCHITECTURES[platform]}), and this Docker engine runs on ${own} without emulation; run up where the engine runs on ${platform}, name an image that has ${platform}, or set aws.backend.architecture: ${ARCHITECTURES[own as Platform] ?? 'to its own'}`,
      code: 'image-wrong-platform',
    };
  }
  // An image without a name in a registry exists on this engine alone.
  if (!base.reference.startsWith('sha256:')) return undefined;
  const held = await platformOf(engine, base.reference);
  if (held === undefined || held === platform) return undefined;
  return {
    path: ['images', 'source'],
    message: `the engine's image ${base.reference.slice(0, 19)}, which another is built from, is for ${held}, and ${platform} is needed (aws.backend.architecture: ${ARCHITECTURES[platform]}); images from Debian packages are for the processor that they are built on: run up there, or make a registry reachable and remove the stack's entry in images.lock.yaml`,
    code: 'image-wrong-platform',
  };
}

/**
 * Pulls a base for the right platform if the engine has it for another one.
 * @throws UserError if the registry does not have it
 */
export async function pullPlatform(
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
  throw new ProblemError({
    path: ['backend', 'image'],
    message: `${reference} is for ${now ?? held} on this engine, and ${platform} is needed (aws.backend.architecture: ${ARCHITECTURES[platform]})${refused ? `; its registry has no other (${refused})` : ''}; build it for that platform too (docker buildx build --platform ${platform}), or name another`,
    code: 'image-wrong-platform',
  });
}

/** @throws UserError if the image was built for another platform: its task would fail with `exec format error` */
export async function requirePlatform(
  engine: Docker,
  name: string,
  platform: Platform,
): Promise<void> {
  const built = await platformOf(engine, name);
  if (built === undefined || built === platform) return;
  throw new ProblemError({
    message: `the engine built ${name} for ${built}, and ${platform} is needed (aws.backend.architecture: ${ARCHITECTURES[platform]}); nothing was pushed. The base images of its Dockerfile are on this engine for ${built} alone: run up where the engine runs on ${platform}, or name an image that has it (backend.image)`,
    code: 'image-wrong-platform',
  });
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
    return lastLine(messageOf(error));
  }
}
