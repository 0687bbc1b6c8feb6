#!/usr/bin/env node
// The command's sources are TypeScript. Node strips the types itself where it can; tsx does elsewhere:
// on older releases, and where the package was installed (Node strips nothing under node_modules).
import { accessSync, constants } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';

requireTemporaryFolder();
module.enableCompileCache?.();
const main = new URL('../src/cli/main.ts', import.meta.url);
if (process.features.typescript && !main.pathname.includes('/node_modules/')) {
  silenceStrippingWarning();
} else {
  const { register } = await import('tsx/esm/api');
  register();
}
const { runCommand } = await import(main.href);
await runCommand();

/** Told in one line: what translates the sources would fail there with a stack, or make the folder. */
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

/** Node 22 warns about type stripping on each run: that is this file's choice, no news for a user. */
function silenceStrippingWarning() {
  const emit = process.emit;
  process.emit = function (event, warning, ...rest) {
    const noise =
      event === 'warning' &&
      warning?.name === 'ExperimentalWarning' &&
      /Type Stripping/.test(warning.message);
    return noise ? false : emit.call(this, event, warning, ...rest);
  };
}
