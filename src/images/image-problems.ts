import type Docker from 'dockerode';
import { enginePlatform, inspectImage, lookUpImage, type RegistryImage } from '../docker/images.ts';
import type { Problem } from '../errors.ts';
import { mayBeEmulated } from './emulation.ts';
import { REGISTRY_ANSWER_MILLISECONDS } from './limits.ts';
import type { NamedImage } from './named-images.ts';
import { engineLogin, registryOf } from './publish/registry-login.ts';

export interface ImageCheckOptions {
  /** Never ask a registry. @default false */
  readonly offline?: boolean;
  /** Platform that they have to run on, such as `linux/arm64`. @default the engine's */
  readonly platform?: string;
}

/**
 * The images that are neither on the engine nor available from their registry, with the reason. All are
 * looked up at the same time; nothing is pulled, and no registry is asked for an image on the engine.
 */
export async function imageProblems(
  engine: Docker,
  images: readonly NamedImage[],
  options: ImageCheckOptions = {},
): Promise<Problem[]> {
  const found = await Promise.all(images.map((image) => problemOf(engine, image, options)));
  return images.flatMap(({ path }, index) => {
    const problem = found[index];
    return problem === undefined ? [] : [{ path, ...problem }];
  });
}

type ImageProblem = Omit<Problem, 'path'>;

async function problemOf(
  engine: Docker,
  image: NamedImage,
  { offline = false, platform }: ImageCheckOptions,
): Promise<ImageProblem | undefined> {
  const { reference } = image;
  const held = await inspectImage(engine, reference);
  const wanted = platform ?? (await enginePlatform(engine));
  if (held !== undefined && canRun([held.platform], wanted, platform !== undefined))
    return undefined;
  if (held !== undefined && (offline || platform === undefined)) {
    return wrongPlatform(reference, [held.platform], wanted);
  }
  if (offline) {
    if (image.replaceable) return undefined;
    const message = `${reference} is not on the engine and cannot be pulled with --offline; run once without it`;
    return { message, code: 'image-not-local' };
  }
  const answer = await lookUp(engine, reference);
  if ('failure' in answer) return refusal(image, answer.failure);
  const { platforms, list } = answer.found;
  if (platforms.length === 0 || canRun(platforms, wanted, list || platform !== undefined)) {
    return undefined;
  }
  return wrongPlatform(reference, platforms, wanted);
}

/** @param exact whether to accept no other platform, even if the engine could emulate it */
function canRun(found: readonly string[], wanted: string, exact: boolean): boolean {
  return found.includes(wanted) || (!exact && found.some(mayBeEmulated));
}

interface LookUpFailure {
  readonly kind: 'missing' | 'denied' | 'unanswered';
  /** The registry's own message, on one line. */
  readonly reason: string;
}

type Answer =
  | { readonly found: Awaited<ReturnType<typeof lookUpImage>> }
  | { readonly failure: LookUpFailure };

async function lookUp(engine: Docker, reference: string): Promise<Answer> {
  const authconfig = await engineLogin(reference);
  const signal = AbortSignal.timeout(REGISTRY_ANSWER_MILLISECONDS);
  try {
    return {
      found: await lookUpImage(engine, reference, {
        signal,
        ...(authconfig ? { authconfig } : {}),
      }),
    };
  } catch (error) {
    if (signal.aborted) {
      const reason = `no answer within ${REGISTRY_ANSWER_MILLISECONDS / 1000} s`;
      return { failure: { kind: 'unanswered', reason } };
    }
    const failure = failureOf(error);
    // Not every registry takes a token from the engine, and Docker's own client may do better.
    const token = authconfig && ('identitytoken' in authconfig || isEmptyLogin(authconfig));
    if (failure.kind === 'denied' && token) return { found: UNKNOWN };
    return { failure };
  }
}

const UNKNOWN: RegistryImage = { digest: '', platforms: [], list: false };

function isEmptyLogin(authconfig: object): boolean {
  return 'password' in authconfig && authconfig.password === '';
}

/** Older engines report some of these as status 500, with the registry's message. */
export function failureOf(error: unknown): LookUpFailure {
  const { statusCode, json, message } = error as {
    statusCode?: number;
    json?: { message?: string };
    message: string;
  };
  const reason = (json?.message ?? message).trim().replaceAll(/\s+/g, ' ');
  if (/denied|unauthorized|forbidden|no basic auth|authentication required/i.test(reason)) {
    return { kind: 'denied', reason };
  }
  if (statusCode === 401 || statusCode === 403) return { kind: 'denied', reason };
  if (statusCode === 404 || /manifest unknown|name unknown|not found$/i.test(reason)) {
    return { kind: 'missing', reason };
  }
  return { kind: 'unanswered', reason };
}

function refusal(image: NamedImage, { kind, reason }: LookUpFailure): ImageProblem | undefined {
  const { reference, fix } = image;
  const registry = registryOf(reference);
  const or = fix ? `, or ${fix}` : '';
  switch (kind) {
    case 'missing':
      return {
        message: `the registry ${registry} has no ${reference}; ${fix ?? 'correct the reference, or push the image first'}`,
        code: 'image-not-found',
      };
    case 'denied':
      if (image.replaceable) return undefined;
      return {
        message: `the registry ${registry} gives no access to ${reference} (${reason}); log in (docker login ${registry}) and check the name${or}`,
        code: 'image-access-denied',
      };
    case 'unanswered':
      if (image.replaceable) return undefined;
      return {
        message: `${reference} is not on the engine, and the registry ${registry} does not answer (${reason}); check the network, or load the image: docker load`,
        code: 'registry-unreachable',
      };
  }
}

function wrongPlatform(reference: string, found: readonly string[], wanted: string): ImageProblem {
  return {
    message: `${reference} is for ${[...new Set(found)].join(', ')}, and ${wanted} is needed; build it for that platform too (docker buildx build --platform ${wanted})`,
    code: 'image-wrong-platform',
  };
}
