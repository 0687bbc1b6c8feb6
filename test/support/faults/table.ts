import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../project.ts';

/** One fault as `docs/reliability.md` shows it. */
export interface FaultRow {
  /** `F8`: the number in the review that found it; `N3` for those that were added. */
  readonly id: string;
  readonly fault: string;
  /** What the user sees: the message, or how the store answers. */
  readonly sees: string;
  /** `nothing`, or what is gone. */
  readonly lost: string;
  /** What it takes until all is well again: `nothing`, `up`, or what to do by hand. */
  readonly fixedBy: string;
}

export const document = join(repository, 'docs/reliability.md');
const START = '<!-- generated: faults -->';
const END = '<!-- end -->';
const COLUMNS = ['id', 'fault', 'sees', 'lost', 'fixedBy'] as const;
const HEAD = ['| | fault | what you see | lost | fixed by |', '|---|---|---|---|---|'] as const;

/** The rows of a document. */
export function readRows(text: string): FaultRow[] {
  const table = text.slice(text.indexOf(START) + START.length, text.indexOf(END));
  return table
    .split('\n')
    .filter((line) => /^\| [FN]\d/.test(line))
    .map((line) => {
      const cells = line.slice(2, -2).split(' | ');
      const row = COLUMNS.map((column, index) => [
        column,
        (cells[index] ?? '').replaceAll('\\|', '|'),
      ]);
      return Object.fromEntries(row) as unknown as FaultRow;
    });
}

/** The document with these rows in place of its own, in the order of their numbers. */
export function writeRows(text: string, rows: readonly FaultRow[]): string {
  const order = ({ id }: FaultRow) =>
    (id.startsWith('N') ? 1000 : 0) + Number.parseInt(id.slice(1), 10);
  const lines = [...rows]
    .sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1))
    .map((row) => `| ${COLUMNS.map((column) => row[column].replaceAll('|', '\\|')).join(' | ')} |`);
  const table = [...HEAD, ...lines].join('\n');
  return `${text.slice(0, text.indexOf(START) + START.length)}\n${table}\n${text.slice(text.indexOf(END))}`;
}

export const committedRows = () => readRows(readFileSync(document, 'utf8'));
