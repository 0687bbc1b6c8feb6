import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Updates of which records stay. Each leaves a quarter of a megabyte. */
export const KEPT_UPDATES = 100;

/**
 * Removes what Pulumi wrote down about updates of a stack longer ago than the last {@link KEPT_UPDATES}: it keeps all
 * of it, which fills the disk of a machine that deploys or rotates on a schedule. Its own logs it bounds itself.
 * Source: Pulumi's DIY backend, `history/<project>/<stack>/<stack>-<time>.*` and `backups/<project>/<stack>/<stack>.<time>.*`,
 * where the time is in nanoseconds since 1970.
 */
export function pruneRecords(backendFolder: string, project: string, stack: string): void {
  for (const kind of ['history', 'backups']) {
    const folder = join(backendFolder, kind, project, stack);
    const records = namesIn(folder).flatMap((name) => {
      const time = name.startsWith(stack) ? /^[-.](\d{19})\./.exec(name.slice(stack.length)) : null;
      return time ? [{ name, time: time[1] as string }] : [];
    });
    const times = [...new Set(records.map(({ time }) => time))].sort();
    const old = new Set(times.slice(0, -KEPT_UPDATES));
    for (const { name, time } of records) if (old.has(time)) remove(join(folder, name));
  }
}

/** What another user wrote, in a folder that several share, stays: the update itself has succeeded. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
