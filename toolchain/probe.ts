import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Pulumi's sites: where its own installer downloads from, and where its releases list their digests. */
export const pulumiSites = {
  downloads: 'https://get.pulumi.com',
  releases: 'https://github.com/pulumi',
};

const PROBE_MS = 3_000;

/** Whether a site answers a HEAD request at all within three seconds; any HTTP status counts. */
export async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MS) });
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

type Environment = Readonly<Record<string, string | undefined>>;

/** The executable files of that name in the folders of PATH, in their order. */
export function findAllOnPath(name: string, env: Environment): string[] {
  return (env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .filter(isExecutable);
}

/** The first of them. */
export function findOnPath(name: string, env: Environment): string | undefined {
  return findAllOnPath(name, env)[0];
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
