import { expect, test } from 'vitest';
import { maskSecrets } from '../../src/mask.ts';

test('every value is shown as ***, the longest first', () => {
  expect(maskSecrets('short and short-and-long', ['short', 'short-and-long'])).toBe('*** and ***');
});

test('a URL’s password is masked as it stands there and decoded', () => {
  const url = 'postgres://medusa_a:p%40ss-word@database:5432/medusa';
  expect(maskSecrets(`${url} p%40ss-word p@ss-word database`, [url])).toBe('*** *** *** database');
});

test('a value without its end of line counts, and one too short to be a secret does not', () => {
  expect(maskSecrets('key=value-of-it; retry 1', ['value-of-it\n', '1', ''])).toBe(
    'key=***; retry 1',
  );
});
