import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runsOwnProgram } from '../../../../src/cli/run/own-program.ts';
import { repository } from '../../../support/project.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

// A name is resolved to a file that the build writes.
beforeAll(async () => {
  const builder: string = join(repository, 'scripts/ensure-built.mjs');
  (await import(builder)).ensureBuilt();
});

/** A project whose entry has this text, with the kit under its node_modules. */
function project(text: string, main = 'main.js') {
  const root = temporaryFolder();
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(repository, join(root, 'node_modules', 'medusa-infra'));
  writeFileSync(join(root, main), text);
  return { root, main, name: 'shop', stacksDir: join(root, 'stacks') };
}

test.each([
  ['by name, ESM', "export { default } from 'medusa-infra/program';\n"],
  ['by name, CommonJS', "module.exports = require('medusa-infra/program')\n"],
  ['by path', `export { default } from "${repository}/infra/main.js";`],
  ['with a comment', "// The kit's program.\nexport { default } from 'medusa-infra/program';\n"],
])('is so for an entry that only passes the program on: %s', (_, text) => {
  expect(runsOwnProgram(project(text))).toBe(true);
});

test('is so for the files of the kit themselves', () => {
  const root = repository;
  for (const main of ['infra/main.js', 'dist/program.js', 'dist/program.cjs']) {
    expect(runsOwnProgram({ root, main, name: 'shop', stacksDir: '' })).toBe(true);
  }
});

test.each([
  [
    'with a resource of its own',
    "import './bucket.js';\nexport { default } from 'medusa-infra/program';",
  ],
  ['on another package', "export { default } from 'other';"],
  ['on a file of its own', "export { default } from './program.js';"],
  ['in TypeScript', "export { default } from 'medusa-infra/program' as never;"],
  ['that is empty', ''],
])('is not so for an entry %s', (_, text) => {
  expect(runsOwnProgram(project(text))).toBe(false);
});

test('is not so without an entry, or with one that is missing or a folder', () => {
  const root = temporaryFolder();
  const place = { root, name: 'shop', stacksDir: '' };
  expect(runsOwnProgram(place)).toBe(false);
  expect(runsOwnProgram({ ...place, main: 'missing.js' })).toBe(false);
  expect(runsOwnProgram({ ...place, main: '.' })).toBe(false);
});
