import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { stagedMode } from './staged-modes.ts';

/**
 * A build context: entries of a folder with all below them, owned by root, with the modes of `stagedMode`.
 * Dockerode packs folders too, but applies the umask of this process to each mode.
 */
export function folderTar(folder: string, entries: readonly string[]): Readable {
  const tar = pack();
  const add = async (path: string): Promise<void> => {
    const full = join(folder, path);
    const found = await lstat(full);
    const header = { name: path, mtime: found.mtime, uid: 0, gid: 0, mode: stagedMode(found) };
    if (found.isDirectory()) {
      tar.entry({ ...header, type: 'directory' });
      for (const name of (await readdir(full)).sort()) await add(`${path}/${name}`);
    } else if (found.isSymbolicLink()) {
      tar.entry({ ...header, mode: 0o777, type: 'symlink', linkname: await readlink(full) });
    } else {
      await pipeline(createReadStream(full), tar.entry({ ...header, size: found.size }));
    }
  };
  const all = async () => {
    for (const entry of entries) await add(entry);
    tar.finalize();
  };
  all().catch((error: Error) => tar.destroy(error));
  return tar;
}
