import type { Stats } from 'node:fs';
import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Part of each digest that decides whether an image is built again: another rule here is another image. */
export const STAGED_MODES = 'files 0644 or 0755, folders 0755';

/**
 * The mode that git gives: everyone may read it, the owner alone writes it, and what may be executed stays
 * so. An image keeps the modes of its files, and the umask of who builds it, or cloned the repository, is
 * no input of the build.
 */
export function stagedMode(found: Stats): number {
  return found.isDirectory() || found.mode & 0o111 ? 0o755 : 0o644;
}

/** Gives a folder that goes into an image, and all in it, these modes. Links have none. */
export async function setStagedModes(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await setStagedModes(path);
    else if (entry.isFile()) await chmod(path, stagedMode(await stat(path)));
  }
}
