import { ALLOWED, PHRASES } from './phrases.ts';

export interface Found {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly phrase: string;
  readonly write: string;
}

/** White space, and what begins a line of a comment or a quotation. */
const GAP = '[\\s*/#>]+';

const PATTERNS = PHRASES.map(({ find, write }) => ({ pattern: patternOf(find), write }));

/** Every phrase of the glossary in a file, in its order. `file` is relative to the repository. */
export function findPhrases(file: string, text: string): Found[] {
  const allowed = [
    ...allowedRanges(file, text),
    ...(file.endsWith('.md') ? generatedRanges(text) : []),
  ];
  return PATTERNS.flatMap(({ pattern, write }) =>
    [...text.matchAll(pattern)]
      .map(({ index, 0: phrase }) => ({ index, phrase, write }))
      .filter(({ index }) => !allowed.some(([from, to]) => index >= from && index < to)),
  )
    .sort((a, b) => a.index - b.index)
    .map(({ index, phrase, write }) => {
      const before = text.slice(0, index).split('\n');
      const line = before.length;
      return {
        line,
        column: (before.at(-1)?.length ?? 0) + 1,
        phrase: phrase.replace(new RegExp(GAP, 'g'), ' '),
        write,
      };
    });
}

/** Whole words, and words of a camel-cased name; not parts of a longer word. */
function patternOf(find: readonly string[]): RegExp {
  const alternatives = find.map((phrase) => {
    const [first = '', ...rest] = [...phrase];
    const tail = rest.map((letter) => (letter === ' ' ? GAP : eitherCase(letter))).join('');
    return `(?:(?<![A-Za-z])${eitherCase(first)}|(?<=[a-z])${first.toUpperCase()})${tail}(?![a-z])`;
  });
  return new RegExp(alternatives.join('|'), 'g');
}

function eitherCase(letter: string): string {
  const upper = letter.toUpperCase();
  return upper === letter ? letter : `[${letter}${upper}]`;
}

function allowedRanges(file: string, text: string): [number, number][] {
  return ALLOWED.filter((one) => one.file === undefined || one.file === file).flatMap((one) => {
    const found: [number, number][] = [];
    for (let at = text.indexOf(one.text); at >= 0; at = text.indexOf(one.text, at + 1))
      found.push([at, at + one.text.length]);
    return found;
  });
}

/** Generated parts of a document: their sources are checked. A mark without an end holds for the rest. */
function generatedRanges(text: string): [number, number][] {
  const marks = /<!-- (?:generated|written by)[^>]*-->[\s\S]*?(?:<!-- end[^>]*-->|$)/gi;
  return [...text.matchAll(marks)].map(({ index, 0: part }) => [index, index + part.length]);
}
