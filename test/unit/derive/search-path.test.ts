import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatSearchPath,
  optionsWord,
  parseOptions,
  parseSearchPath,
  searchPathOf,
} from '../../../src/derive/search-path.ts';

const name = fc
  .oneof(
    fc.string({ minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...'aZ "\\,\'$\n'), minLength: 1 }),
  )
  .filter((text) => !text.includes('\0'));

describe('search path', () => {
  test('quotes only the names that need it', () => {
    expect(formatSearchPath(['shop', 'My Shop', 'a"b', 'p$1'])).toBe('shop,"My Shop","a""b","p$1"');
  });

  test('names a schema once', () => {
    expect(searchPathOf('shop', 'extensions')).toEqual(['shop', 'extensions']);
    expect(searchPathOf('public', 'public')).toEqual(['public']);
  });

  test('any names come back', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        expect(parseSearchPath(formatSearchPath(names))).toEqual(names);
      }),
    );
  });

  test('unquoted names are lower-cased, as PostgreSQL does, and broken quoting is told', () => {
    expect(parseSearchPath(' Shop , "Ext" ')).toEqual(['shop', 'Ext']);
    expect(parseSearchPath('')).toEqual([]);
    for (const broken of ['"a', 'a,', 'a b', '"a"b', ',a']) {
      expect(parseSearchPath(broken)).toBeUndefined();
    }
  });
});

describe('options', () => {
  test('escapes white space and backslashes', () => {
    expect(optionsWord('search_path', '"a b\\c"')).toBe('-c search_path="a\\ b\\\\c"');
  });

  test('any value comes back', () => {
    fc.assert(
      fc.property(name, name, (first, second) => {
        expect(
          parseOptions(`${optionsWord('search_path', first)}  ${optionsWord('role', second)}`),
        ).toEqual([
          ['search_path', first],
          ['role', second],
        ]);
      }),
    );
  });

  test('reads every way to write a setting, and nothing else', () => {
    expect(parseOptions('-c a=1 -cb=2 --Statement-Timeout=3')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['statement_timeout', '3'],
    ]);
    expect(parseOptions('')).toEqual([]);
    for (const broken of ['-c', '-c novalue', '-d 3', 'word', '-c =1']) {
      expect(parseOptions(broken)).toBeUndefined();
    }
  });
});
