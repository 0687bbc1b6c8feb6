import { dockerEngine } from '../../docker/client.ts';
import { UserError } from '../../errors.ts';
import type { ImageUpdate, UpdatableImage } from '../../images/update.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { nearest } from '../../stack/suggest.ts';
import { type Context, exitCodes, note, print, printJson } from '../context.ts';
import { type StackOptions, stackFlagText } from '../options.ts';
import { findProject } from '../project.ts';
import { loadStack } from '../stack.ts';
import { shortRef } from './list.ts';

/** `images update`: takes the newest images into the lock; touches nothing that runs. */
export async function updateImages(
  context: Context,
  names: readonly string[],
  options: StackOptions,
): Promise<number> {
  const project = findProject(context.cwd);
  const stack = loadStack(context, project, options.stack);
  const { updatableImages, updateStackImages } = await import('../../images/update.ts');
  const wanted = requireNames(stack, names, updatableImages(stack));
  // A backend's digest on aws is asked of its registry.
  const needsEngine = stack.target === 'docker' || wanted.some((name) => name !== 'backend');
  const engine = needsEngine ? await dockerEngine(context.env) : undefined;
  const updates = await updateStackImages(stack, project.stacksDir, options.stack, wanted, {
    engine,
    log: (line) => note(context, context.color.stderr.dim(line)),
  });
  const changed = updates.some(isChanged);
  if (options.json) {
    const images = updates.map((one) => ({ ...one, changed: isChanged(one) }));
    printJson(context, { stack: options.stack, changed, images });
    return exitCodes.ok;
  }
  for (const one of updates) print(context, updateText(one));
  if (changed)
    note(context, `next: medusa-infra up${stackFlagText(options.stack)}, which rolls them out`);
  return exitCodes.ok;
}

function requireNames(
  stack: StackFile,
  names: readonly string[],
  known: readonly UpdatableImage[],
): readonly UpdatableImage[] {
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown === undefined) return names.length === 0 ? known : (names as UpdatableImage[]);
  if (unknown === 'backend') throw new UserError(noBackend(stack), 'image-unknown');
  const near = nearest(unknown, [...known]);
  const hint = near ? `did you mean "${near}"?` : `available: ${known.join(', ')}`;
  throw new UserError(`the stack has no image "${unknown}"; ${hint}`, 'image-unknown');
}

function noBackend({ backend: { image } }: StackFile): string {
  return 'reference' in image
    ? `backend.image names a digest, ${image.reference}; write another one there`
    : `backend.image is built from ${image.build}; up builds it again when its files change, or when the image of Node does (medusa-infra images update node)`;
}

function isChanged({ from, to }: ImageUpdate): boolean {
  return to !== null && from !== to;
}

function updateText(update: ImageUpdate): string {
  const { name, reference, from, to } = update;
  if (to === null)
    return `${name}: ${reference} is on this engine alone, so there is no newer one to take`;
  if (!isChanged(update))
    return `${name}: ${reference} is already the newest (${described(to, update.toVersion)})`;
  const before = from === null ? 'not pinned' : described(from, update.fromVersion);
  return `${name}: ${reference}: ${before} -> ${described(to, update.toVersion)}`;
}

/** `15.20 sha256:0123456789ab`. */
function described(ref: string, version: string | null): string {
  return version === null ? shortRef(ref) : `${version} ${shortRef(ref)}`;
}
