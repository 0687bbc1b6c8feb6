import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import dockerignore from '@balena/dockerignore';

// The package is CommonJS and exports the function itself; its types say otherwise.
const createIgnore = dockerignore as unknown as typeof dockerignore.default;

/** One file or symbolic link of a build context. */
export interface ContextFile {
  /** Path inside the context, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'link';
}

/**
 * The files of a folder that `docker build` would send: those that `.dockerignore` does not exclude, and
 * the Dockerfile itself. Sorted by path.
 */
export async function listContext(folder: string, dockerfile: string): Promise<ContextFile[]> {
  const rules = await readRules(folder);
  const files: ContextFile[] = [];
  await walk('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));

  async function walk(below: string): Promise<void> {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!rules.ignores(path) || rules.mayHoldExceptions(path)) {
          await walk(path);
        }
      } else if (path === dockerfile || !rules.ignores(path)) {
        if (entry.isFile() || entry.isSymbolicLink()) {
          files.push({ path, kind: entry.isFile() ? 'file' : 'link' });
        }
      }
    }
  }
}

/** A digest of names, contents, link targets and execute permissions; not of times or owners. */
export async function digestContext(
  folder: string,
  files: readonly ContextFile[],
): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, kind } of files) {
    const full = join(folder, path);
    if (kind === 'link') {
      hash.update(`${path}\0link\0${await readlink(full)}\0`);
      continue;
    }
    const { mode, size } = await stat(full);
    hash.update(`${path}\0${mode & 0o111 ? 'run' : 'file'}\0${size}\0`);
    await pipeline(createReadStream(full), async (chunks) => {
      for await (const chunk of chunks) {
        hash.update(chunk as Buffer);
      }
    });
  }
  return hash.digest('hex');
}

interface Rules {
  ignores(path: string): boolean;
  /** Whether a `!` rule may include something below an ignored folder. */
  mayHoldExceptions(folder: string): boolean;
}

async function readRules(folder: string): Promise<Rules> {
  const text = await readFile(join(folder, '.dockerignore'), 'utf8').catch((error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return '';
    }
    throw error;
  });
  const ignore = createIgnore({ ignorecase: false }).add(text);
  const exceptions = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1).replace(/^\/+|\/+$/g, ''));
  return {
    ignores: (path) => ignore.ignores(path),
    mayHoldExceptions: (path) =>
      exceptions.some((exception) => {
        const fixed = exception.split(/[*?[\\]/)[0] as string;
        return (
          `${exception}/`.startsWith(`${path}/`) ||
          `${path}/`.startsWith(`${exception}/`) ||
          (fixed !== exception && (path.startsWith(fixed) || fixed.startsWith(`${path}/`)))
        );
      }),
  };
}
