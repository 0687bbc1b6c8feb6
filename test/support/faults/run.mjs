// `npm run test:faults`: makes every fault of docs/reliability.md happen on a real engine, and compares with the table.
//   npm run test:faults -- --write          writes the table from the run
//   npm run test:faults -- killed           only files whose name contains this
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const write = process.argv.includes('--write');
const filters = process.argv.slice(2).filter((one) => one !== '--write');
const rows = mkdtempSync(join(tmpdir(), 'medusa-infra-faults-'));
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'faults', ...filters],
  {
    stdio: 'inherit',
    env: { ...process.env, ...(write ? { MEDUSA_INFRA_FAULT_ROWS: rows } : {}) },
  },
);
// What could not be seen keeps its row, or has none.
if (write) {
  const { committedRows, document, writeRows } = await import('./table.ts');
  const seen = readdirSync(rows).map((name) => JSON.parse(readFileSync(join(rows, name), 'utf8')));
  const names = new Set(seen.map(({ id }) => id));
  const others = committedRows().filter(({ id }) => !names.has(id));
  writeFileSync(document, writeRows(readFileSync(document, 'utf8'), [...others, ...seen]));
}
rmSync(rows, { recursive: true, force: true });
process.exit(status ?? 1);
