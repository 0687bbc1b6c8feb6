// In a clone dist/ is built when it is missing or older than the sources; an installed package has no sources.
// Plain JavaScript: it runs before there is anything compiled.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Says which sources dist/ was built from. */
export const BUILD_FILE = 'dist/build.json';

/** Folders and files that decide about dist/. */
const SOURCES = [
  'src',
  'infra',
  'toolchain',
  'scripts/build.mjs',
  'scripts/build-plugins.mjs',
  'package-lock.json',
];

/** Builds dist/ unless it is up to date. @throws Error where the build fails */
export function ensureBuilt() {
  if (builtFrom() === sourcesStamp(root)) return;
  const { status, error } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], {
    cwd: root,
    // Standard output stays the command's own.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`the build failed${error ? `: ${error.message}` : ''}`);
}

function builtFrom() {
  try {
    return JSON.parse(readFileSync(join(root, BUILD_FILE), 'utf8')).sources;
  } catch {
    return undefined;
  }
}

/** Changes with each file's name, size and time; their contents would cost more than all that a command does. */
export function sourcesStamp(folder) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(folder, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && /\.(ts|sh)$/.test(entry.name))
          .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
          .sort()
      : [path];
    for (const file of files) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}\0${size}\0${mtimeMs}\0`);
    }
  }
  return hash.digest('hex').slice(0, 32);
}
