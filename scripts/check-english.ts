/**
 * Reports phrases that the glossary in CONTRIBUTING.md replaces, as `FILE:LINE:COLUMN "phrase"; write: ...`, and fails
 * if there is one. Arguments: files and folders of the repository; by default everything that is checked.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPhrases } from './english/find.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const CHECKED = /\.(?:ts|js|mjs|cjs|md)$/;
/** Other people's code, build results, and the list of phrases itself. */
const SKIPPED =
  /(?:^|\/)(?:node_modules|dist|\.[^/]+)(?:\/|$)|^toolchain\/go\/|^scripts\/english\/phrases\.ts$/;

const topLevel = readdirSync(root).filter((name) => name.endsWith('.md'));
const folders = ['src', 'infra', 'toolchain', 'scripts', 'bin', 'bench', 'docs'];
const wanted = process.argv.slice(2);

let count = 0;
for (const file of (wanted.length > 0 ? wanted : [...topLevel, ...folders]).flatMap(filesIn)) {
  for (const { line, column, phrase, write } of findPhrases(
    file,
    readFileSync(join(root, file), 'utf8'),
  )) {
    console.log(`${file}:${line}:${column} "${phrase}"; write: ${write}`);
    count += 1;
  }
}
if (count > 0) {
  console.error(
    `${count} phrases that CONTRIBUTING.md replaces (allowed uses: scripts/english/phrases.ts)`,
  );
  process.exitCode = 1;
}

function filesIn(name: string): string[] {
  const path = relative(root, join(root, name));
  const names = statSync(join(root, path)).isDirectory()
    ? (readdirSync(join(root, path), { recursive: true }) as string[]).map((below) =>
        join(path, below),
      )
    : [path];
  return names.filter((file) => CHECKED.test(file) && !SKIPPED.test(file)).sort();
}
