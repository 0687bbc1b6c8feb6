#!/usr/bin/env node
import { accessSync, constants, existsSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';

requireTemporaryFolder();
// Only a clone has the sources; the package is built.
const build = new URL('../scripts/ensure-built.mjs', import.meta.url);
if (existsSync(build)) (await import(build)).ensureBuilt();
// Reading the maps costs time on every start, and only an unexpected error shows a stack.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
if (module.enableCompileCache) {
  const { compileCacheFolder } = await import('../dist/compile-cache.js');
  const folder = compileCacheFolder();
  // Not without a folder: Node would take one in TMPDIR.
  if (folder !== undefined) module.enableCompileCache(folder);
}
const { runCommand } = await import('../dist/cli.js');
await runCommand();

/** Reported in one line: Pulumi would fail there with a stack, or make the folder. */
function requireTemporaryFolder() {
  const folder = tmpdir();
  try {
    // With the dot a file in its place is refused too.
    accessSync(`${folder}/.`, constants.W_OK);
  } catch (error) {
    console.error(
      `TMPDIR: cannot write in ${folder} (${error.code}); name a folder that can be written`,
    );
    process.exit(1);
  }
}
