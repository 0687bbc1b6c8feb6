import { expect, test } from 'vitest';
import { lineDiff } from '../../../../src/cli/rotate/line-diff.ts';

test('a diff has the lines that differ, with where they stand', () => {
  expect(lineDiff('a\r\nb\r\nc\r\nd', 'a\r\nB\r\nc\r\nx\r\nd')).toEqual([
    { mark: '-', line: 2, text: 'b' },
    { mark: '+', line: 2, text: 'B' },
    { mark: '+', line: 4, text: 'x' },
  ]);
  expect(lineDiff('a\nb', 'a\nb')).toEqual([]);
  expect(lineDiff('', 'a')).toEqual([
    { mark: '-', line: 1, text: '' },
    { mark: '+', line: 1, text: 'a' },
  ]);
});
