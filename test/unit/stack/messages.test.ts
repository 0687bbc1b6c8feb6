import { describe, expect, test } from 'vitest';
import { load, readCorpus } from './corpus.ts';

/** Every message word for word; the corpus files are the list to read. */
describe.each(['yaml', 'extends', 'sections', 'rules', 'cors'])('%s', (name) => {
  const cases = readCorpus(name);

  test.each(cases)('$title', ({ files, expected }) => {
    const { lines, result } = load(files);
    expect(lines).toEqual(expected);
    expect(result.stack === undefined).toBe(result.issues.length > 0);
  });

  test('titles are distinct', () => {
    const titles = cases.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

test('the corpus is as large as it was when it was reviewed', () => {
  const counts = ['yaml', 'extends', 'sections', 'rules', 'cors'].map(
    (name) => readCorpus(name).length,
  );
  expect(counts.every((count) => count > 5)).toBe(true);
  expect(counts.reduce((a, b) => a + b)).toBeGreaterThan(300);
});
