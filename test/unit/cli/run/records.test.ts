import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KEPT_UPDATES, pruneRecords } from '../../../../src/cli/run/records.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const time = (update: number) => String(1_795_789_352_840_244_002n + BigInt(update) * 10n ** 12n);

test('records of the last updates stay, with all that belongs to them', () => {
  const folder = temporaryFolder();
  const history = join(folder, 'history/shop/dev');
  const backups = join(folder, 'backups/shop/dev');
  const others = join(folder, 'backups/shop/devx');
  for (const each of [history, backups, others]) mkdirSync(each, { recursive: true });
  for (let update = 0; update < KEPT_UPDATES + 3; update += 1) {
    writeFileSync(join(history, `dev-${time(update)}.history.json`), '{}');
    writeFileSync(join(history, `dev-${time(update)}.checkpoint.json`), '{}');
    writeFileSync(join(backups, `dev.${time(update)}.json`), '{}');
    writeFileSync(join(backups, `dev.${time(update)}.json.attrs`), '{}');
    writeFileSync(join(others, `devx.${time(update)}.json`), '{}');
  }
  writeFileSync(join(backups, 'dev.mine.json'), '{}');
  pruneRecords(folder, 'shop', 'dev');
  const left = [3, KEPT_UPDATES + 2].map(time);
  expect(readdirSync(history)).toHaveLength(KEPT_UPDATES * 2);
  expect(readdirSync(history).sort().at(0)).toBe(`dev-${left[0]}.checkpoint.json`);
  expect(readdirSync(history).sort().at(-1)).toBe(`dev-${left[1]}.history.json`);
  expect(readdirSync(backups)).toHaveLength(KEPT_UPDATES * 2 + 1);
  expect(readdirSync(backups)).toContain('dev.mine.json');
  expect(readdirSync(others)).toHaveLength(KEPT_UPDATES + 3);
});

test('a stack without records, as a new one, is nothing to do', () => {
  expect(() => pruneRecords(temporaryFolder(), 'shop', 'dev')).not.toThrow();
});
