import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { committedRows, type FaultRow } from './table.ts';

/** Folder for the rows of a run that writes the table; undefined: the run is compared with it. */
const results = process.env['MEDUSA_INFRA_FAULT_ROWS'];

/**
 * A fault on real parts. `play` makes it, looks at what comes of it, and returns what was seen; that has to be what
 * `docs/reliability.md` says.
 * @param play asserts what it looks at; the texts that it returns come from what was seen, without what differs from run
 * to run
 */
export function fault(
  id: string,
  what: string,
  play: () => Promise<Omit<FaultRow, 'id' | 'fault'>>,
): void {
  test(`${id}: ${what}`, async () => {
    const row = { id, fault: what, ...(await play()) };
    if (results) writeFileSync(join(results, `${id}.json`), JSON.stringify(row));
    else expect(row).toEqual(committedRows().find((one) => one.id === id));
  });
}

/** The first line of a message that matches, without names, numbers and folders that differ from run to run. */
export function messageLine(
  printed: string,
  pattern: RegExp,
  differing: Readonly<Record<string, string>> = {},
): string {
  const line = printed.split('\n').find((text) => pattern.test(text));
  if (line === undefined) throw new Error(`no line matches ${pattern} in:\n${printed}`);
  return Object.entries(differing)
    .reduce((text, [from, to]) => text.replaceAll(from, to), line.trim())
    .replace(/\b(process|pid|port) \d+/g, '$1 N')
    .replace(/\bin \d+(\.\d+)? s\b/g, 'in N s');
}
