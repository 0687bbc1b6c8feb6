import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineSplitter, redactor, sqlFilter } from '../../../../src/container/prepare/output.ts';
import { MIGRATIONS } from '../../../support/medusa-facts.ts';

describe('redaction', () => {
  test('hides a secret in each form, the longer one first', () => {
    const redact = redactor(['p@ss', 'p@ss/word"x']);
    expect(redact('a p@ss/word"x b')).toBe('a *** b');
    expect(redact('postgres://u:p%40ss%2Fword%22x@h and p%40ss')).toBe(
      'postgres://u:***@h and ***',
    );
    expect(redact(JSON.stringify({ key: 'p@ss/word"x' }))).toBe('{"key":"***"}');
  });

  test('hides each line of a secret with several', () => {
    const redact = redactor(['-----BEGIN KEY-----\nabcdef\n-----END KEY-----']);
    expect(redact('found abcdef')).toBe('found ***');
  });

  test('leaves text alone where a value is too short to be a secret', () => {
    expect(redactor(['', 'abc'])('abc abcd')).toBe('abc abcd');
  });

  test('hides any secret anywhere', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4 }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const shown = redactor([secret])(`${before}${secret}${after}`);
          fc.pre(!'***'.includes(secret));
          // What is left may only come together again around a blank.
          expect(shown.split('***').some((part) => part.includes(secret))).toBe(false);
        },
      ),
    );
  });
});

describe('lines of a stream', () => {
  test('are whole, however the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z ]*$/), { minLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (lines, sizes) => {
          const seen: string[] = [];
          const splitter = lineSplitter((line) => seen.push(line));
          const text = `${lines.join('\n')}\n`;
          for (let at = 0, i = 0; at < text.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            splitter.push(text.slice(at, at + size));
            at += size;
          }
          splitter.end();
          expect(seen).toEqual(lines);
        },
      ),
    );
  });

  test('give the last one without a newline too, and never keep an endless one', () => {
    const seen: string[] = [];
    const splitter = lineSplitter((line) => seen.push(line));
    splitter.push('x'.repeat(70_000));
    splitter.push('\r\nlast');
    splitter.end();
    expect(seen).toEqual(['(a line of more than 65536 characters is left out)', '', 'last']);
  });
});

describe('what is shown of a migration run', () => {
  test('is everything but SQL and empty details', () => {
    const lines = [
      'query: CREATE TABLE "a" (',
      '  "id" text',
      ')',
      'Migration initialSchema1611063162649 has been  executed successfully.',
      'query: COMMIT',
      '{"level":"info","message":"done"}',
      '',
      'query failed: CREATE TABLE "b"',
      'error: error: relation "b" already exists',
      '    constraint: undefined,',
      `${MIGRATIONS} migrations were found in the source code.`,
    ];
    const isShown = sqlFilter();
    expect(lines.filter(isShown)).toEqual([
      'Migration initialSchema1611063162649 has been  executed successfully.',
      '{"level":"info","message":"done"}',
      'query failed: CREATE TABLE "b"',
      'error: error: relation "b" already exists',
      `${MIGRATIONS} migrations were found in the source code.`,
    ]);
  });
});
