import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../toolchain/package-root.ts';

/** Scripts of src/container/start, each with its reason and its limits in the comment at its head. */
export type StartScript = 'edge' | 'postgres' | 'redis' | 'with-preload' | 'with-secrets';

/** The text of a script for `/bin/sh -c`, without the comment at its head. */
export function startScript(name: StartScript): string {
  return readFileSync(join(packageRoot, `src/container/start/${name}.sh`), 'utf8')
    .replace(/^(#.*\n)+/, '')
    .trimEnd();
}
