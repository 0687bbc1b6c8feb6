import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Pulumi's sites: where its own installer downloads from, and where its releases list their digests. */
export const pulumiSites = {
  downloads: 'https://get.pulumi.com',
  releases: 'https://github.com/pulumi',
};

const probeMs = 3_000;

/** Whether a site answers a HEAD request at all within three seconds; any HTTP status counts. */
export async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(probeMs) });
    return true;
  } catch {
    return false;
  }
}

/** A function that asks at most once and remembers the answer. */
export function once<T>(ask: () => T): () => T {
  let answer: { value: T } | undefined;
  return () => {
    answer ??= { value: ask() };
    return answer.value;
  };
}

/** The first executable file of that name in the folders of PATH. */
export function findOnPath(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
