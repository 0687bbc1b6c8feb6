import { lstatSync, mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot } from './cache.ts';

/** What others may do with a file, as bits of its mode. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

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
    const { uid, mode } = statSync(real);
    const closed = isOwn(uid) && (mode & OTHERS) === 0;
    return closed && parentsOf(real).every(staysInPlace) ? real : undefined;
  } catch {
    // Read-only, full, or a file: whoever needs the cache folder for more says so.
    return undefined;
  }
}

/** Whether nobody but this user and root can put another entry in the place of one in this folder. */
function staysInPlace(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return (isOwn(uid) || uid === 0) && ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0);
}

function parentsOf(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [] : [parent, ...parentsOf(parent)];
}

/** There are no numbers of users on Windows, where folders of a profile are the user's. */
function isOwn(uid: number): boolean {
  return process.geteuid === undefined || uid === process.geteuid();
}
