import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { cacheRoot, openCache } from './cache.ts';
import { compileCacheFolder } from './compile-cache.ts';
import { withLock } from './lock.ts';
import { downloadNewerNode, findNewerNode } from './node.ts';

/**
 * `npm run test:newer-node -- FILE [ARGS]`: runs a script with the pinned Node of the npm registry, whatever the
 * installed one is, so that the unit tests run on both. Ends with the script's exit code.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    console.error('run-with-node: name the script to run');
    process.exitCode = 1;
    return;
  }
  const cache = openCache(cacheRoot());
  const log = (line: string) => console.error(line);
  const node =
    findNewerNode({ cache }) ??
    (await withLock(
      cache.root,
      async () => findNewerNode({ cache }) ?? (await downloadNewerNode({ cache }, log)),
      () => log(`another run is working in ${cache.root}: waiting for it`),
    ));
  const compileCache = compileCacheFolder(cache.root);
  const { status, signal, error } = spawnSync(node.path, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [path.dirname(node.path), process.env['PATH']].join(path.delimiter),
      ...(compileCache ? { NODE_COMPILE_CACHE: compileCache } : {}),
    },
  });
  if (error) throw error;
  process.exitCode = signal ? 1 : (status ?? 1);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
