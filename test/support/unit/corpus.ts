import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatIssue } from '../../../src/stack/issues.ts';
import type { LoadResult } from '../../../src/stack/load.ts';
import { loadStackFile } from '../../../src/stack/load.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** One case of a corpus file: files to write, and the lines that loading `stack.yaml` must give. */
export interface Case {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: readonly string[];
}

export const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/**
 * Reads `test/fixtures/stack/<name>.txt`: `## title`, `>>> file` before each file's text, `<<<` before the
 * expected lines (`LINE:COLUMN PATH: message [rule]`, after `warning ` or another file's name).
 */
export function readCorpus(name: string): Case[] {
  const text = readFileSync(join(FIXTURES, 'stack', `${name}.txt`), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [before = '', after = ''] = part.split(/^<<<\n/m);
      const [title = '', ...files] = before.split(/^>>> /m);
      return {
        title: title.trim(),
        files: Object.fromEntries(
          files.map((file) => [file.split('\n')[0], file.slice(file.indexOf('\n') + 1)]),
        ),
        expected: after.split('\n').filter((line) => line !== ''),
      };
    });
}

/** Writes files into a new folder and loads one of them. */
export function load(files: Readonly<Record<string, string | Uint8Array>>, entry = 'stack.yaml') {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const result = loadStackFile(join(folder, entry));
  return { folder, result, ...shownLines(result, folder, entry) };
}

/** Loads one text. */
export function loadText(text: string) {
  return load({ 'stack.yaml': text });
}

function shownLines(result: LoadResult, folder: string, entry: string) {
  const short = (text: string) =>
    text.replace(`${join(folder, entry)}:`, '').replaceAll(`${folder}/`, '');
  return {
    lines: [
      ...result.issues.map((issue) => `${short(formatIssue(issue))} [${issue.rule}]`),
      ...result.warnings.map((issue) => `warning ${short(formatIssue(issue))} [${issue.rule}]`),
    ],
    notes: result.notes.map((note) => `note ${short(formatIssue(note))}`),
  };
}
