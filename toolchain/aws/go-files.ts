import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const skippedTag = /^\/\/go:build (generate|ignore|sweep)\s*$/m;

/** The Go files of a folder that a build compiles: no tests, generators, or sweepers of test accounts. */
export function goFilesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter(
      (name) =>
        name.endsWith('.go') && !name.endsWith('_test.go') && !/^sweep(_\w+)?\.go$/.test(name),
    )
    .filter((name) => !skippedTag.test(beforePackage(readText(folder, name))))
    .sort();
}

/** The import paths of a Go file (https://go.dev/ref/spec#Import_declarations). */
export function importsOf(text: string): string[] {
  const declarations = [...text.matchAll(/^import (?:\(([^)]*)\)|(.+)$)/gm)];
  return declarations.flatMap(([, block, single]) =>
    [...(block ?? single ?? '').matchAll(/"([^"\n]+)"/g)].flatMap(([, found]) => found ?? []),
  );
}

/** Takes away what matches, unless `keep` says otherwise of its groups. */
export function prune(
  text: string,
  pattern: RegExp,
  keep: (...groups: string[]) => boolean,
): string {
  return text.replace(pattern, (match: string, ...rest: unknown[]) => {
    // After the groups come the offset and the whole text.
    const groups = rest.slice(0, -2).map((group) => (typeof group === 'string' ? group : ''));
    return keep(...groups) ? match : '';
  });
}

export function readText(...segments: string[]): string {
  return readFileSync(path.join(...segments), 'utf8');
}

function beforePackage(text: string): string {
  return text.slice(0, text.search(/^package /m));
}
