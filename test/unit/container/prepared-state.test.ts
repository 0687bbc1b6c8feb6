import { describe, expect, test } from 'vitest';
import { parseProven, provenLine, whyPrepareAgain } from '../../../src/container/prepared-state.ts';

const proven = { tables: 100, migrations: 78 };
const custom = { tables: 3, migrations: undefined };

describe('what a job proved', () => {
  test.each([proven, custom])('is read back from its log: %o', (state) => {
    const line = provenLine('my "shop"', state);
    expect(parseProven(`  one\n  ${line}\n  prepare: done`)).toEqual(state);
  });

  test('is what the last run says, and nothing where none says it', () => {
    const lines = [provenLine('shop', custom), provenLine('shop', proven)];
    expect(parseProven(lines.join('\n'))).toEqual(proven);
    expect(parseProven('schema "shop" has all 78 migrations in 1 tables\nprepare: done')).toBe(
      undefined,
    );
  });

  test.each([
    [proven, proven],
    [proven, { tables: 101, migrations: 78 }],
    [custom, custom],
  ])('holds while nothing is missing: %o, found %o', (before, found) => {
    expect(whyPrepareAgain('shop', before, found)).toBe(undefined);
  });

  test.each([
    [undefined, proven, 'its log does not say what it proved'],
    [proven, undefined, 'schema "shop" is gone'],
    [
      proven,
      { tables: 99, migrations: undefined },
      'schema "shop" has no list of migrations and 99 tables, and had 78 migrations and 100 tables when it was proven',
    ],
    [
      proven,
      { tables: 100, migrations: 77 },
      'schema "shop" has 77 migrations and 100 tables, and had 78 migrations and 100 tables when it was proven',
    ],
  ])('does not hold otherwise: %o, found %o', (before, found, why) => {
    expect(whyPrepareAgain('shop', before, found)).toBe(why);
  });
});
