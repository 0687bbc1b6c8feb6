import { expect, test } from 'vitest';
import { ExecutedMigrations } from '../../../../src/container/prepare/executed.ts';

const begin = [
  'query: SELECT * FROM "migrations" "migrations" ORDER BY "id" DESC',
  '1 migrations are already loaded in the database.',
  '3 migrations were found in the source code.',
  'first1 is the last executed migration. It was executed on Thu Nov 26 2026.',
  '2 migrations are new migrations must be executed.',
];
const second = 'Migration second2 has been  executed successfully.';
const third = 'Migration third3 has been executed successfully.';

function wholeRun(lines: readonly string[]) {
  const reported = new ExecutedMigrations();
  for (const line of lines) reported.read(line);
  return reported.whole();
}

test('a run that says of each pending migration that it is done is whole', () => {
  expect(wholeRun([...begin, second, 'query: COMMIT', third])).toEqual({
    found: 3,
    executed: ['second2', 'third3'],
  });
});

test.each([
  ['nothing', []],
  ['that none is pending', ['No migrations are pending']],
  ['of one that it is done, of the other nothing', [...begin, second]],
  ['the same twice', [...begin, second, second]],
  ['that it is done only in a longer line', [...begin, second, `note: ${third}`]],
  [
    'of more than were pending that they are done',
    [...begin, second, third, third.replace('3', '4')],
  ],
  ['what two runs say', [...begin, second, third, ...begin]],
  [
    'that none is in the source code',
    [...begin.map((line) => line.replace('3 ', '0 ')), second, third],
  ],
  ['not how many are in the source code', [begin[4] ?? '', second, third]],
])('one that says %s is not', (_, lines) => {
  expect(wholeRun(lines)).toBeUndefined();
});
