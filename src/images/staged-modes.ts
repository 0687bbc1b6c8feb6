import type { Stats } from 'node:fs';
import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Part of each digest that decides whether an image is built again: a changed rule means another image. */
export const STAGED_MODES = 'files 0644 or 0755, folders 0755';

/**
 * The mode that git gives: everyone may read it, only the owner may write it, and executables stay
 * executable. An image keeps the modes of its files, and the umask of whoever builds it or cloned the
 * repository must not change the image.
 */
export function stagedMode(found: Stats): number {
  return found.isDirectory() || found.mode & 0o111 ? 0o755 : 0o644;
}

/** Sets these modes on a folder that is copied to an image, and on all in it. Links have none. */
export async function setStagedModes(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await setStagedModes(path);
    else if (entry.isFile()) await chmod(path, stagedMode(await stat(path)));
  }
}
