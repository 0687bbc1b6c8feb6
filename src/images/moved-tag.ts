import type Docker from 'dockerode';
import type { LockedBackend } from '../derive/images.ts';
import { MOVED_TAG_MILLISECONDS } from './limits.ts';
import { engineLogin, registryOf, storedLogin } from './publish/registry-login.ts';
import { digestOf, splitTag } from './reference.ts';

/** Pins that this process has asked for: a command prepares its images more than once. */
const asked = new Set<string>();

/**
 * One line if the registry has another image under the backend's reference than the lock; undefined also
 * where it does not answer soon, since nothing depends on it.
 * @param engine who asks, with its mirrors and certificates. @default this process
 */
export async function movedTag(
  { name, ref }: LockedBackend,
  stack: string,
  engine?: Docker,
): Promise<string | undefined> {
  const key = `${stack} ${name} ${ref}`;
  if (asked.has(key)) return undefined;
  asked.add(key);
  const digest = await currentDigest(name, engine).catch(() => undefined);
  const kept = digestOf(ref);
  if (digest === undefined || digest === kept) return undefined;
  return `backend.image: ${name} has moved: the registry has ${digest}; the lock keeps ${kept}; to take the new one: medusa-infra images update backend -s ${stack}`;
}

/** The digest that a registry has under a tag; undefined if it has none. */
export async function currentDigest(
  reference: string,
  engine: Docker | undefined,
  signal: AbortSignal = AbortSignal.timeout(MOVED_TAG_MILLISECONDS),
): Promise<string | undefined> {
  if (engine) {
    const { lookUpImage } = await import('../docker/images.ts');
    const authconfig = await engineLogin(reference);
    const found = await lookUpImage(engine, reference, {
      signal,
      ...(authconfig ? { authconfig } : {}),
    });
    return found.digest;
  }
  const { lookUpTag } = await import('./publish/registry-lookup.ts');
  const [repository, tag] = splitTag(reference);
  return lookUpTag(repository, tag, await storedLogin(registryOf(reference)), signal);
}
