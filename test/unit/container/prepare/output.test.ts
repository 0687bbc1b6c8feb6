import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineSplitter, sqlFilter } from '../../../../src/container/prepare/output.ts';
import { MIGRATIONS } from '../../../support/medusa-facts.ts';

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
