import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PartCache } from '../../../toolchain/cache.ts';
import type { PartContext } from '../../../toolchain/part.ts';

/** An executable shell script. */
export function script(file: string, body: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return file;
}

/** A context of a machine that has nothing but the system's own commands and reaches nobody. */
export function bareContext(
  folder: string,
  changes: Partial<PartContext> = {},
): PartContext & { found: Map<never, never> } {
  return {
    cache: new PartCache(path.join(folder, 'cache')),
    env: { PATH: path.join(folder, 'bin'), HOME: path.join(folder, 'home') },
    vendor: { downloads: 'http://127.0.0.1:9', releases: 'http://127.0.0.1:9' },
    vendorReachable: async () => false,
    found: new Map(),
    ...changes,
  } as PartContext & { found: Map<never, never> };
}
