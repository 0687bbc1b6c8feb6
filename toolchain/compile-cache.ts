import { lstatSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot } from './cache.ts';
import { isOwn, whoElseWrites } from './own-folder.ts';

/** What others may do with a file, as bits of its mode. */
const OTHERS = 0o077;

/**
 * The folder in which Node keeps what it compiled (`NODE_COMPILE_CACHE`), made with mode 0700. Node runs what it finds
 * there unseen, so nobody else may be able to put something in: undefined where that is not sure, and then nothing
 * should be kept, which costs half a second for each command.
 * @param root of the cache @default `cacheRoot()`
 */
export function compileCacheFolder(root: string = cacheRoot()): string | undefined {
  const folder = path.join(root, 'node-compile-cache');
  try {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    // Written into by others meanwhile, perhaps: earlier releases made it as the umask said.
    if (found && isOwn(found.uid) && (found.mode & OTHERS) !== 0)
      rmSync(folder, { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const real = realpathSync(folder);
    const closed = (statSync(real).mode & OTHERS) === 0;
    return closed && !whoElseWrites(real) ? real : undefined;
  } catch {
    // Read-only, full, or a file: whoever needs the cache folder for more says so.
    return undefined;
  }
}
