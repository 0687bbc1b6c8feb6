import { describe, expect, test } from 'vitest';
import { acceptRules } from '../../../src/stack/rules/accept.ts';
import { RULES } from '../../../src/stack/rules/index.ts';
import { load, readCorpus } from '../../support/unit/corpus.ts';

const corpora = ['yaml', 'extends', 'sections', 'rules', 'cors', 'uploads', 'aws'];

/** Every message word for word; the corpus files are the list to read. */
describe.each(corpora)('%s', (name) => {
  const cases = readCorpus(name);

  test.each(cases)('$title', ({ files, expected }) => {
    const { lines, notes, result } = load(files);
    // Every right file has notes: one corpus has them all.
    expect(name === 'uploads' ? [...lines, ...notes] : lines).toEqual(expected);
    expect(result.stack === undefined).toBe(result.issues.length > 0);
  });

  test('titles are distinct', () => {
    const titles = cases.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

test('the corpus is as large as it was when it was reviewed', () => {
  const counts = corpora.map((name) => readCorpus(name).length);
  expect(counts.every((count) => count > 5)).toBe(true);
  expect(counts.reduce((a, b) => a + b)).toBeGreaterThan(300);
});

describe('rules', () => {
  const names = [...RULES, ...acceptRules([], new Set())].map(({ name }) => name);

  test('have distinct names of one form', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
  });

  test('each of them speaks in the corpus', () => {
    const said = corpora.flatMap(readCorpus).flatMap(({ expected }) => expected);
    const silent = names.filter((name) => !said.some((line) => line.endsWith(`[${name}]`)));
    expect(silent).toEqual([]);
  });
});
