import { mkdir } from 'node:fs/promises';

const STALE_MS = 30_000;
const RETRY_MS = 200;

/**
 * Runs `work` while no other process of this machine does so with the same folder. Waits for the other as long as it
 * lives: its lock is renewed every few seconds, and one that was not for 30 s belongs to a process that was killed.
 */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  onWait: () => void,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const { default: lockfile } = await import('proper-lockfile');
  let waited = false;
  for (;;) {
    let release: () => Promise<void>;
    try {
      release = await lockfile.lock(folder, {
        stale: STALE_MS,
        update: STALE_MS / 3,
        lockfilePath: `${folder}/lock`,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!waited) onWait();
      waited = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      continue;
    }
    try {
      return await work();
    } finally {
      await release();
    }
  }
}
