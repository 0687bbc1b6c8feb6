import fc from 'fast-check';
import { expect, test } from 'vitest';
import { masker } from '../../src/mask.ts';

const mask = (text: string, secrets: readonly string[]) => masker(secrets)(text);

test('every value is shown as ***, the longest first', () => {
  expect(mask('short and short-and-long', ['short', 'short-and-long'])).toBe('*** and ***');
});

test('a URL’s password is masked as it stands there and decoded', () => {
  const url = 'postgres://medusa_a:p%40ss-word@database:5432/medusa';
  expect(mask(`${url} p%40ss-word p@ss-word database`, [url])).toBe('*** *** *** database');
});

test('a value without its end of line counts, and one too short to be a secret does not', () => {
  expect(mask('key=value-of-it; retry 1', ['value-of-it\n', '1', ''])).toBe('key=***; retry 1');
  expect(mask('abc abcd', ['', 'abc'])).toBe('abc abcd');
});

test('percent-encoded and in JSON', () => {
  const hide = masker(['p@ss', 'p@ss/word"x']);
  expect(hide('a p@ss/word"x b')).toBe('a *** b');
  expect(hide('postgres://u:p%40ss%2Fword%22x@h and p%40ss')).toBe('postgres://u:***@h and ***');
  expect(hide(JSON.stringify({ key: 'p@ss/word"x' }))).toBe('{"key":"***"}');
});

test('each entry of a JSON list of values', () => {
  const previous = JSON.stringify(['first-value', 'second-value']);
  expect(mask(`${previous}, second-value`, [previous])).toBe('***, ***');
});

test('each line of a value with several', () => {
  expect(mask('found abcdef', ['-----BEGIN KEY-----\nabcdef\n-----END KEY-----'])).toBe(
    'found ***',
  );
});

test.each(['hex', 'base64', 'base64url'] as const)(
  'in %s, alone and behind something else',
  (form) => {
    fc.assert(
      fc.property(
        fc.base64String({ minLength: 12 }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const shown = mask(Buffer.from(before + secret + after).toString(form), [secret]);
          expect(shown).toContain('***');
          // At most the letters that its first and its last byte share with what stands next to it.
          const own = Buffer.from(secret).toString(form).slice(4, -4);
          expect(shown).not.toContain(own);
        },
      ),
    );
  },
);

test('any value anywhere', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
      const shown = mask(`${before}${secret}${after}`, [secret]);
      fc.pre(!'***'.includes(secret));
      // What is left may only come together again around a blank.
      expect(shown.split('***').some((part) => part.includes(secret))).toBe(false);
    }),
  );
});
