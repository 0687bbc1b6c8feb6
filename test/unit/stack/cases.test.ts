import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatIssue } from '../../../src/stack/issues.ts';
import { loadStackFile } from '../../../src/stack/load.ts';
import { FIXTURES } from '../../support/unit/corpus.ts';

const files = (kind: string) =>
  readdirSync(join(FIXTURES, 'cases', kind)).map((name) => join(FIXTURES, 'cases', kind, name));

describe('good cases load without an error', () => {
  test.each(files('good').map((file) => [basename(file), file]))('%s', (_, file) => {
    const { stack, issues } = loadStackFile(file);
    expect(issues).toEqual([]);
    expect(stack).toBeDefined();
  });
});

describe('bad cases are refused with the lines that they expect', () => {
  test.each(files('bad').map((file) => [basename(file), file]))('%s', (name, file) => {
    const { stack, issues } = loadStackFile(file);
    expect(stack).toBeUndefined();
    const lines = issues.map((issue) => formatIssue(issue).replace(`${file}:`, ''));
    const expectations = [...readFileSync(file, 'utf8').matchAll(/^# expect: (\d+) (.+)$/gm)];
    expect(expectations.length, `${name} expects something`).toBeGreaterThan(0);
    for (const [, line, words] of expectations) {
      const found = lines.filter(
        (text) =>
          text.startsWith(`${line}:`) &&
          words?.split(' ').every((word) => text.toLowerCase().includes(word.toLowerCase())),
      );
      expect(found, `${line} ${words} in\n${lines.join('\n')}`).not.toEqual([]);
    }
  });

  test('nothing else is reported, but for the image that production needs', () => {
    const others = files('bad').flatMap((file) => {
      const expected = [...readFileSync(file, 'utf8').matchAll(/^# expect: (\d+) (\S+)/gm)].map(
        ([, line, path]) => `${line} ${path}`,
      );
      return loadStackFile(file)
        .issues.map((issue) => ({ issue, text: `${issue.path}: ${issue.message}` }))
        .filter(
          ({ issue, text }) =>
            !expected.some(
              (e) => e.startsWith(`${issue.line} `) && text.includes(e.split(' ')[1] ?? ''),
            ),
        )
        .map(({ issue }) => `${basename(file)} ${issue.path}`);
    });
    expect(others).toEqual(['production-inmemory.yaml backend.image']);
  });
});
