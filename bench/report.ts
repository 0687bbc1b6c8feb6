import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Progress goes to standard error: standard output is the result alone. */
export function say(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

/** A table in Markdown: the first column is text, the others are figures. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rules = heads.map((_, column) => (column === 0 ? '---' : '---:'));
  return [heads, rules, ...rows].map(line).join('\n');
}

/** The least and the most of some figures. */
export function range(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}

const README = fileURLToPath(new URL('README.md', import.meta.url));

/** Puts a result between the marks of its bench in bench/README.md. */
export function writeReadme(bench: string, text: string): void {
  const marks = new RegExp(
    `(<!-- Written by \`npm run bench -- ${bench} .*\`\\. -->\\n)[\\s\\S]*?(\\n<!-- End of what is written\\. -->)`,
  );
  const before = readFileSync(README, 'utf8');
  if (!marks.test(before)) throw new Error(`${README} has no marks of ${bench} to write between`);
  writeFileSync(
    README,
    before.replace(marks, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`),
  );
}
