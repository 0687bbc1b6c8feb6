import type Docker from 'dockerode';
import { enginePlatform, inspectImage, lookUpImage } from '../docker/images.ts';
import type { Problem } from '../stack/problems.ts';
import { mayBeEmulated } from './emulation.ts';
import type { NamedImage } from './named-images.ts';
import { registryOf, storedLogin } from './publish/registry-login.ts';

/** Milliseconds that a registry has to answer. */
const ANSWER_MS = 20_000;

export interface ImageCheckOptions {
  /** Never ask a registry. @default false */
  readonly offline?: boolean;
  /** Where they have to run, such as `linux/arm64`. @default the engine's own */
  readonly platform?: string;
}

/**
 * The images that can neither be found on the engine nor be had from their registry, all asked for at
 * once, with why. Nothing is pulled; where the engine holds an image no registry is asked.
 */
export async function imageProblems(
  engine: Docker,
  images: readonly NamedImage[],
  options: ImageCheckOptions = {},
): Promise<Problem[]> {
  const messages = await Promise.all(images.map((image) => problemOf(engine, image, options)));
  return images.flatMap(({ path }, index) => {
    const message = messages[index];
    return message === undefined ? [] : [{ path, message }];
  });
}

async function problemOf(
  engine: Docker,
  image: NamedImage,
  { offline = false, platform }: ImageCheckOptions,
): Promise<string | undefined> {
  const { reference } = image;
  const held = await inspectImage(engine, reference);
  const wanted = platform ?? (await enginePlatform(engine));
  if (held !== undefined && canRun([held.platform], wanted, platform !== undefined))
    return undefined;
  if (held !== undefined && (offline || platform === undefined)) {
    return wrongPlatform(reference, [held.platform], wanted);
  }
  if (offline) {
    return image.replaceable
      ? undefined
      : `${reference} is not on the engine and cannot be pulled with --offline; run once without it`;
  }
  const answer = await ask(engine, reference);
  if ('failure' in answer) return refusal(image, answer.failure);
  const { platforms, list } = answer.found;
  if (platforms.length === 0 || canRun(platforms, wanted, list || platform !== undefined)) {
    return undefined;
  }
  return wrongPlatform(reference, platforms, wanted);
}

/** @param exact nothing else is taken, also where the engine could emulate it */
function canRun(found: readonly string[], wanted: string, exact: boolean): boolean {
  return found.includes(wanted) || (!exact && found.some(mayBeEmulated));
}

interface Failure {
  readonly kind: 'missing' | 'denied' | 'unanswered';
  /** The registry's words, on one line. */
  readonly reason: string;
}

type Answer =
  | { readonly found: Awaited<ReturnType<typeof lookUpImage>> }
  | { readonly failure: Failure };

async function ask(engine: Docker, reference: string): Promise<Answer> {
  const registry = registryOf(reference);
  const login = await storedLogin(registry);
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const authconfig = login && { ...login, serveraddress: registry };
    return {
      found: await lookUpImage(engine, reference, {
        signal,
        ...(authconfig ? { authconfig } : {}),
      }),
    };
  } catch (error) {
    if (signal.aborted) {
      const reason = `no answer within ${ANSWER_MS / 1000} s`;
      return { failure: { kind: 'unanswered', reason } };
    }
    const failure = failureOf(error);
    // A token in place of a password is known to the engine's own client alone.
    const token = login && (login.password === '' || login.username === '<token>');
    if (failure.kind === 'denied' && token) return { found: { platforms: [], list: false } };
    return { failure };
  }
}

/** Older engines say some of it as a failure of their own (500), in the registry's words. */
export function failureOf(error: unknown): Failure {
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

function refusal(image: NamedImage, { kind, reason }: Failure): string | undefined {
  const { reference, mend } = image;
  const registry = registryOf(reference);
  const or = mend ? `, or ${mend}` : '';
  switch (kind) {
    case 'missing':
      return `the registry ${registry} has no ${reference}; ${mend ?? 'name one that it has, or push this one first'}`;
    case 'denied':
      if (image.replaceable) return undefined;
      return `the registry ${registry} gives no access to ${reference} (${reason}); log in (docker login ${registry}) and see that the name is right${or}`;
    case 'unanswered':
      if (image.replaceable) return undefined;
      return `${reference} is not on the engine, and the registry ${registry} cannot be asked (${reason}); see that it can be reached, or load the image: docker load`;
  }
}

function wrongPlatform(reference: string, found: readonly string[], wanted: string): string {
  return `${reference} is for ${[...new Set(found)].join(', ')}, and ${wanted} is needed; build it for that platform too (docker buildx build --platform ${wanted})`;
}
