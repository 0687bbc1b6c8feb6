import { readFileSync } from 'node:fs';

/** Scripts of src/container/start, each with its reason and its limits in the comment at its head. */
export type StartScript = 'edge' | 'postgres' | 'redis' | 'with-secrets';

/** The text of a script for `/bin/sh -c`, without the comment at its head. */
export function startScript(name: StartScript): string {
  const file = new URL(`container/start/${name}.sh`, import.meta.url);
  return readFileSync(file, 'utf8')
    .replace(/^(#.*\n)+/, '')
    .trimEnd();
}
