import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { findPhrases } from '../../../scripts/english/find.ts';
import { ALLOWED, PHRASES } from '../../../scripts/english/phrases.ts';

const phrasesIn = (text: string, file = 'src/a.ts') =>
  findPhrases(file, text).map(({ phrase }) => phrase);

describe('phrases are found', () => {
  test('with line, column and what to write', () => {
    expect(findPhrases('docs/a.md', 'One line.\nThen mend it.\n')).toEqual([
      { line: 2, column: 6, phrase: 'mend', write: 'fix' },
    ]);
  });

  test.each([
    ['at the head of a sentence', 'Mend it', ['Mend']],
    ['at the head of a name', 'const mendPath = 1', ['mend']],
    ['inside a name', 'const toMend = 1', ['Mend']],
    ['over two lines of a comment', ' * was cut\n * off', ['cut off']],
    ['more than one, in their order', 'of its own, told anew', ['of its own', 'told', 'anew']],
  ])('%s', (_, text, expected) => {
    expect(phrasesIn(text)).toEqual(expected);
  });

  test.each([
    ['recommend and commendable'],
    ['it serves the files, the edge serves'],
    ['besides'],
    ['the moment before'],
    ['toldo and bringer'],
  ])('but not in: %s', (text) => {
    expect(phrasesIn(text)).toEqual([]);
  });

  test('every one of the list', () => {
    const all = PHRASES.flatMap(({ find }) => find);
    expect(all.filter((phrase) => phrasesIn(`a ${phrase} b`).length === 0)).toEqual([]);
  });
});

describe('exempt are', () => {
  test('exact texts of the list, in their file alone', () => {
    const [allowed] = ALLOWED;
    if (!allowed?.file) throw new Error('the list has no entry with a file');
    expect(phrasesIn(`x ${allowed.text} y`, allowed.file)).toEqual([]);
    expect(phrasesIn(`x ${allowed.text} y`)).not.toEqual([]);
    expect(phrasesIn(`x ${allowed.text} told`, allowed.file)).toEqual(['told']);
  });

  test('generated parts of a document, whose sources are checked', () => {
    const text =
      'told\n<!-- generated: a -->\ntold\n<!-- end -->\ntold\n<!-- Generated from b -->\ntold';
    expect(findPhrases('docs/a.md', text).map(({ line }) => line)).toEqual([1, 5]);
  });
});

test('the documents use none of them', async () => {
  const { stdout } = await execa(
    process.execPath,
    [
      '--import',
      './toolchain/load-typescript.js',
      'scripts/check-english.ts',
      ...['docs', 'bench/README.md', 'toolchain/README.md'],
      ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
    ],
    { reject: false },
  );
  expect(stdout).toBe('');
});
