import type Docker from 'dockerode';
import type { ImageName, LockedImage } from '../derive/plan.ts';
import { type ImageFacts, inspectImage, pullImage } from '../docker/images.ts';
import { UserError } from '../errors.ts';
import { REGISTRY_ANSWER_MILLISECONDS } from './limits.ts';
import { notOffered } from './offers.ts';
import { engineLogin } from './publish/registry-login.ts';

/** No registry answered, or it refused: another source may still work. */
export class RegistryError extends UserError {
  override readonly name: string = 'RegistryError';

  constructor(message: string) {
    super(message, 'registry-unreachable');
  }
}

/**
 * The official reference of an image, such as `postgres:17-bookworm`.
 * @param registry host and path to pull from. @default what the engine uses
 */
export function officialName(image: ImageName, major: string, registry?: string): string {
  const names: Record<ImageName, string> = {
    postgres: `postgres:${major}-bookworm`,
    redis: `redis:${major}-bookworm`,
    node: `node:${major}-bookworm-slim`,
    edge: `caddy:${major}`,
  };
  return registry === undefined ? names[image] : `${registry.replace(/\/+$/, '')}/${names[image]}`;
}

/** The image, if the engine already has it. */
export async function findOfficial(
  engine: Docker,
  image: ImageName,
  major: string,
  registry?: string,
): Promise<LockedImage | undefined> {
  const name = officialName(image, major, registry);
  const facts = await inspectImage(engine, name);
  return facts && lockedFrom(image, major, name, facts);
}

/**
 * Pulls through the engine, so that its mirrors, credentials and certificates apply.
 * @throws RegistryError if no registry answers in time, or if it refuses
 */
export async function pullOfficial(
  engine: Docker,
  image: ImageName,
  major: string,
  registry: string | undefined,
  log: (line: string) => void,
): Promise<LockedImage> {
  const name = officialName(image, major, registry);
  const started = Date.now();
  await pullReference(
    engine,
    name,
    () => log(`pulling ${name}`),
    () => notOffered('official', image, major),
  );
  log(`pulled ${name} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  const found = await findOfficial(engine, image, major, registry);
  if (found === undefined) {
    throw new Error(`${name} was pulled but the engine does not have it`);
  }
  return found;
}

/** Pulls one reference. @param missing creates the error for a registry that does not have it */
export async function pullReference(
  engine: Docker,
  name: string,
  onAnswer: () => void,
  missing: () => UserError,
): Promise<void> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), REGISTRY_ANSWER_MILLISECONDS);
  let answered = false;
  try {
    const authconfig = await engineLogin(name);
    await pullImage(engine, name, {
      signal: abort.signal,
      ...(authconfig ? { authconfig } : {}),
      onAnswer: () => {
        if (!answered) {
          answered = true;
          clearTimeout(timer);
          onAnswer();
        }
      },
    });
  } catch (error) {
    if (abort.signal.aborted) {
      throw new RegistryError(
        `${name}: no registry answered within ${REGISTRY_ANSWER_MILLISECONDS / 1000} s`,
      );
    }
    const reason = (error as Error).message.trim();
    if (
      /manifest.*(unknown|not found)|not found: manifest|unknown blob|blob unknown/i.test(reason)
    ) {
      throw missing();
    }
    throw new RegistryError(`${name}: ${reason.replace(/^\(HTTP code \d+\)[^-]*- /, '')}`);
  } finally {
    clearTimeout(timer);
  }
}

function lockedFrom(image: ImageName, major: string, name: string, facts: ImageFacts): LockedImage {
  const repository = name.slice(0, name.lastIndexOf(':'));
  const own = facts.digests.find((entry) => entry.startsWith(`${repository}@`));
  return {
    // An image that was loaded from a file has no digest, but its ID is as exact.
    ref: own ?? facts.id,
    name,
    version: versionFrom(image, facts.env) ?? major,
  };
}

/** The official images have their version in their environment. */
function versionFrom(image: ImageName, env: Readonly<Record<string, string>>): string | undefined {
  const variables: Record<ImageName, string> = {
    postgres: 'PG_VERSION',
    redis: 'REDIS_VERSION',
    node: 'NODE_VERSION',
    edge: 'CADDY_VERSION',
  };
  return env[variables[image]]?.replace(/^v/, '').replace(/-.*$/, '');
}
