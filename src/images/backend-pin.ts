import type Docker from 'dockerode';
import { isTag, type LockedBackend, pinnedBackend, type StackImages } from '../derive/images.ts';
import { stackContainers } from '../docker/client.ts';
import { connectEngine, inspectImage, tagImage } from '../docker/images.ts';
import { componentOf } from '../docker/labels.ts';
import { UserError } from '../errors.ts';
import type { StackFile } from '../stack/stack-file.ts';
import { pullReference } from './official.ts';
import { digestIn, repositoryOf, tagOf } from './reference.ts';

export interface PinOptions {
  /** Whether to stay off the network. @default false */
  readonly offline?: boolean | undefined;
  /** Gets one line for each step. */
  readonly log: (line: string) => void;
  /** @default the engine of DOCKER_HOST or the system's socket */
  readonly engine?: Docker | undefined;
  /** Labels of the stack's containers, to find out what a stack without an entry runs. */
  readonly owner?: { readonly project: string; readonly stack: string } | undefined;
}

/**
 * The backend's image by digest, on target docker: the one in the lock, pulled where the engine does not
 * have it; otherwise what runs, what the engine has or what the registry serves now. undefined: there is
 * nothing to pin, since the stack file builds it or names a digest, or it exists on this engine alone
 * (ADR 19).
 * @throws UserError if the pinned image is not available
 */
export async function pinBackend(
  { backend }: StackFile,
  lock: StackImages | undefined,
  options: PinOptions,
): Promise<LockedBackend | undefined> {
  if (!isTag(backend.image)) return undefined;
  const { reference } = backend.image;
  const engine = options.engine ?? connectEngine();
  const pin = pinnedBackend(backend.image, lock);
  if (pin) {
    await ensurePinned(engine, pin, options);
    return pin;
  }
  // What runs was chosen by the same reference only if no other was ever recorded.
  const running =
    lock && !lock.backend ? await runningDigest(engine, reference, options) : undefined;
  const ref = running ?? (await chosenDigest(engine, reference, options));
  return ref === undefined ? undefined : { name: reference, ref };
}

async function ensurePinned(
  engine: Docker,
  { name, ref }: LockedBackend,
  { offline, log }: PinOptions,
): Promise<void> {
  if ((await inspectImage(engine, ref)) === undefined) {
    if (offline) {
      throw new UserError(
        `backend.image: ${ref}, which ${name} is pinned to, is not on the engine and cannot be pulled with --offline; run once without it`,
        'image-not-local',
      );
    }
    await pullReference(
      engine,
      ref,
      () => log(`pulling ${name} (${ref})`),
      () => pinGone(name, ref),
    );
  }
  await nameForProvider(engine, ref, name);
}

/** The error for a digest that the registry no longer has. */
export function pinGone(name: string, ref: string): UserError {
  return new UserError(
    `backend.image: the registry no longer has ${ref}, which ${name} is pinned to; take the current one: medusa-infra images update backend`,
    'image-pin-gone',
  );
}

/** The provider looks for the tag, and would pull what that means today. A tag that exists stays the user's. */
async function nameForProvider(engine: Docker, ref: string, name: string): Promise<void> {
  if ((await inspectImage(engine, name)) === undefined) await tagImage(engine, ref, name);
}

/**
 * What the running replicas were started from, if that was this reference: the tag still names it, or has
 * been given to another image since.
 */
async function runningDigest(
  engine: Docker,
  reference: string,
  { owner }: PinOptions,
): Promise<string | undefined> {
  if (!owner) return undefined;
  const containers = await stackContainers(engine, owner.project, owner.stack);
  const replica = containers
    .filter((one) => componentOf(one) === 'backend' && one.State === 'running')
    .at(-1);
  const facts = replica && (await inspectImage(engine, replica.ImageID));
  if (!facts) return undefined;
  const repository = repositoryOf(reference);
  const named = facts.tags.filter((tag) => repositoryOf(tag) === repository);
  const isOther = named.length > 0 && !named.some((tag) => tagOf(tag) === tagOf(reference));
  return isOther ? undefined : digestIn(facts, reference);
}

async function chosenDigest(
  engine: Docker,
  reference: string,
  { offline, log }: PinOptions,
): Promise<string | undefined> {
  const held = await inspectImage(engine, reference);
  if (held) return digestIn(held, reference);
  if (offline) return undefined;
  try {
    await pullReference(
      engine,
      reference,
      () => log(`pulling ${reference}`),
      () => new UserError(reference, 'image-not-found'),
    );
  } catch (error) {
    // Whether it is available was checked before. The provider logs in in more ways, and pulls it itself;
    // the next run finds it on the engine, and pins it.
    if (error instanceof UserError) return undefined;
    throw error;
  }
  const pulled = await inspectImage(engine, reference);
  return pulled && digestIn(pulled, reference);
}
