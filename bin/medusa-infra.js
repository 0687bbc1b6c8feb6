#!/usr/bin/env node
import { accessSync, constants } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import '../toolchain/load-typescript.js';

requireTemporaryFolder();
if (module.enableCompileCache) {
  const { compileCacheFolder } = await import('../toolchain/compile-cache.ts');
  const folder = compileCacheFolder();
  // Not without a folder: Node would take one in TMPDIR.
  if (folder !== undefined) module.enableCompileCache(folder);
}
const { runCommand } = await import('../src/cli/main.ts');
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
