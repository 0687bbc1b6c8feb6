import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../../support/unit/folder.ts';

const tool = { version: '1.0.0', integrity: 'sha512-a' };
const other = { version: '2.0.0', integrity: 'sha512-b', optional: true };
const lockfile = (packages: object) => JSON.stringify({ packages });

/** A checkout with the script and an `npm` that notes its call. */
function checkout(installed: object | undefined, npm = 'echo "npm $*" >&2') {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'scripts'));
  mkdirSync(path.join(folder, 'node_modules'));
  cpSync('scripts/bootstrap.mjs', path.join(folder, 'scripts/bootstrap.mjs'));
  writeFileSync(
    path.join(folder, 'package-lock.json'),
    lockfile({ '': {}, 'node_modules/tool': tool, 'node_modules/for-windows': other }),
  );
  if (installed) {
    writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), lockfile(installed));
  }
  script(path.join(folder, 'bin/npm'), npm);
  return execa(process.execPath, ['scripts/bootstrap.mjs'], {
    cwd: folder,
    env: { PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}` },
    reject: false,
  });
}

test('what is installed as the lockfile asks is left alone, without a word', async () => {
  const { exitCode, stdout, stderr } = await checkout({ 'node_modules/tool': tool });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test.each([
  ['nothing is installed', undefined, 'node_modules is missing'],
  ['a package is missing', {}, 'node_modules/tool is missing'],
  [
    'a package has another version',
    { 'node_modules/tool': { ...tool, version: '0.9.0' } },
    'node_modules/tool is 0.9.0 instead of 1.0.0',
  ],
])('where %s, npm ci runs', async (_, installed, reason) => {
  const { exitCode, stdout, stderr } = await checkout(installed);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `${reason}: installing the dependencies (npm ci)\nnpm ci --ignore-scripts`,
  });
});

test('a failing npm ci ends the command', async () => {
  const { exitCode, stderr } = await checkout(undefined, 'exit 7');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('npm ci failed: see its message above;');
});

test('the packages whose install scripts do not run are known not to need them', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  };
  const withScript = Object.keys(packages).filter((name) => packages[name]?.hasInstallScript);
  expect(withScript).toEqual([
    // Optional: without its native part ssh2 guesses the processor's features.
    'node_modules/cpu-features',
    // Checks that its binary, a package by itself, fits.
    'node_modules/esbuild',
    // Prints a warning about version ranges.
    'node_modules/protobufjs',
    // Tries to compile an optional native part.
    'node_modules/ssh2',
  ]);
});
