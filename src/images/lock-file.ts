import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { cacheRoot } from '../../toolchain/cache.ts';
import { withLock } from '../../toolchain/lock.ts';
import type { StackImages } from '../derive/plan.ts';
import { UserError } from '../errors.ts';

/** Name of the lock file in the folder of the stack files. */
export const imageLockFile = 'images.lock.yaml';

const header = `# Which images each stack runs: chosen once, kept from then on. Written by medusa-infra.
# For newer images: medusa-infra images update. For another source: images.source in the stack file.
`;

const lockedImage = z.strictObject({
  ref: z.string().regex(/^(sha256:[0-9a-f]{64}|[^\s@]+@sha256:[0-9a-f]{64})$/),
  name: z.string().min(1),
  version: z.string().min(1),
  chosen: z.iso.datetime().optional(),
  checked: z.iso.datetime().optional(),
});

const lockedBackend = z.strictObject({
  name: z.string().min(1),
  ref: z.string().regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/),
  chosen: z.iso.datetime().optional(),
  checked: z.iso.datetime().optional(),
  updates: z.int().positive().optional(),
});

const imageLock = z.strictObject({
  source: z.enum(['official', 'debian']),
  // A stack on aws has only those that it uses.
  images: z.strictObject({
    postgres: lockedImage.optional(),
    redis: lockedImage.optional(),
    node: lockedImage.optional(),
    edge: lockedImage.optional(),
  }),
  backend: lockedBackend.optional(),
});

/**
 * A stack's entry in the lock file; undefined if it has none.
 * @throws UserError if the file is not in the kit's format
 */
export async function readImageLock(
  stacksDir: string,
  stack: string,
): Promise<StackImages | undefined> {
  const entry = (await readAll(stacksDir))[stack];
  if (entry === undefined) {
    return undefined;
  }
  const parsed = imageLock.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = [stack, ...(issue?.path ?? [])].join('.');
    throw new UserError(
      `${join(stacksDir, imageLockFile)}: ${path} is not an entry of this kit's lock file (${issue?.message}); ` +
        `remove the entry "${stack}" and run \`up\``,
      'image-lock-invalid',
    );
  }
  return parsed.data;
}

/** Writes one stack's entry atomically; those of other stacks stay as they are. */
export async function writeImageLock(
  stacksDir: string,
  stack: string,
  lock: StackImages,
): Promise<void> {
  await mkdir(stacksDir, { recursive: true });
  // Two stacks may be deployed at the same time: nobody may write between read and write.
  await withLock(
    join(cacheRoot(), 'image-lock-file'),
    async () => {
      const all = { ...(await readAll(stacksDir)), [stack]: lock };
      const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
      const file = join(stacksDir, imageLockFile);
      const text = `${header}\n${stringify(Object.fromEntries(sorted), { lineWidth: 0 })}`;
      if ((await readText(file)) === text) {
        return;
      }
      const temporary = `${file}.${process.pid}.tmp`;
      await writeFile(temporary, text);
      await rename(temporary, file);
    },
    () => {},
  );
}

async function readAll(stacksDir: string): Promise<Record<string, unknown>> {
  const file = join(stacksDir, imageLockFile);
  const document = parseDocument((await readText(file)) ?? '');
  const error = document.errors[0];
  const content: unknown = error === undefined ? document.toJS() : undefined;
  if (error !== undefined || typeof content !== 'object' || Array.isArray(content)) {
    throw new UserError(
      `${file}: not a map of stacks (${error?.message.split('\n')[0] ?? (Array.isArray(content) ? 'a list' : `a ${typeof content}`)}); remove the file and run \`up\``,
      'image-lock-invalid',
    );
  }
  return (content ?? {}) as Record<string, unknown>;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') {
      throw new UserError(
        `${file}: a folder has the name of the lock file; move it away`,
        'image-lock-invalid',
      );
    }
    throw error;
  }
}
