import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { UserError } from '../../../src/errors.ts';
import { isStackFileName } from '../../../src/stack/extends.ts';
import { formatIssue } from '../../../src/stack/issues.ts';
import { loadStackFile, requireStackFile } from '../../../src/stack/load.ts';
import { draws } from '../../support/draws.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { plainMap } from '../../support/unit/arbitrary-stack.ts';
import { load, loadText } from '../../support/unit/corpus.ts';

/** `FILE:LINE:COLUMN PATH: message` on one line, with a path. */
const form = /^[^\n]+\.yaml:[1-9]\d*:[1-9]\d* [^\s:][^\n]*: [^\n]+$/;

function wellFormed(text: string | Uint8Array) {
  const { result } = load({ 'stack.yaml': text });
  for (const issue of [...result.issues, ...result.warnings]) {
    expect(formatIssue(issue)).toMatch(form);
    expect(issue.rule).toMatch(/^[a-z]+(-[a-z]+)*$/);
  }
  expect(result.stack === undefined).toBe(result.issues.length > 0);
  return result;
}

describe('any text gives issues of the one form, and none throws', () => {
  test('texts of YAML letters', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'ab:-{}[],&*!|>\'"%@`#?~\n \t0.<x'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(letters, (text) => void wellFormed(text)),
      { numRuns: draws(400) },
    );
  });

  test('stack files with a piece of nonsense', () => {
    fc.assert(
      fc.property(
        plainMap(),
        fc.constantFrom(
          'backend',
          'database',
          'redis',
          'secrets',
          'modules',
          'plugins',
          'cors',
          'accept',
          'edge',
          'images',
          'extends',
        ),
        (value, key) => {
          wellFormed(stringify({ target: 'docker', [key]: value }));
          wellFormed(stringify({ target: 'docker', [key]: [value] }));
        },
      ),
      { numRuns: draws(60) },
    );
  });

  test('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void wellFormed(text)),
    );
  });

  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void wellFormed(bytes)));
  });

  test('brackets without end', () => {
    for (const text of [
      '['.repeat(50_000),
      `a: ${'{a: '.repeat(20_000)}`,
      '- '.repeat(30_000),
      '? '.repeat(30_000),
    ]) {
      expect(wellFormed(text).issues).toHaveLength(1);
    }
  });
});

describe('files', () => {
  const folder = temporaryFolder();
  const messages = (file: string) =>
    loadStackFile(file).issues.map((issue) => formatIssue(issue).replace(`${folder}/`, ''));

  test('that are not there', () => {
    expect(messages(join(folder, 'none.yaml'))).toEqual([
      'none.yaml:1:1 file: no such file; check the name, or create it',
    ]);
    expect(messages(join(folder, 'none/stack.yaml'))).toEqual([
      'none/stack.yaml:1:1 file: no such file; check the name, or create it',
    ]);
  });

  test('that are folders', () => {
    mkdirSync(join(folder, 'dir.yaml'));
    expect(messages(join(folder, 'dir.yaml'))).toEqual([
      'dir.yaml:1:1 file: a stack file such as stacks/dev.yaml, got a folder',
    ]);
  });

  test('that lead in a circle', () => {
    symlinkSync(join(folder, 'loop.yaml'), join(folder, 'loop.yaml'));
    expect(messages(join(folder, 'loop.yaml'))).toEqual([
      'loop.yaml:1:1 file: cannot be read (ELOOP); check the file',
    ]);
  });

  test('that are too large', () => {
    const { lines } = loadText(`target: docker\n# ${'x'.repeat(300_000)}\n`);
    expect(lines).toEqual([
      '1:1 file: at most 256Ki, got 300018 bytes; is this a stack file? [file]',
    ]);
  });

  test('that are not UTF-8', () => {
    const { lines } = load({ 'stack.yaml': new Uint8Array([0x74, 0xff, 0xfe]) });
    expect(lines).toEqual(['1:1 file: UTF-8 text, got other bytes; save the file as UTF-8 [file]']);
  });

  test('with a byte order mark, Windows line ends, or no last line end', () => {
    expect(loadText('\ufefftarget: docker\n').lines).toEqual([]);
    expect(loadText('\ufefftarget: dokcer').lines).toEqual([
      '1:9 target: docker or aws, got "dokcer"; did you mean "docker"? [schema]',
    ]);
    expect(loadText('target: docker\r\nbackend:\r\n  cpu: half\r\n').lines).toEqual([
      '3:8 backend.cpu: a CPU share from 10m to 128, such as 500m or 0.5, got "half" [schema]',
    ]);
  });

  test('by a relative name, as it was given', () => {
    const { folder: at } = loadText('extends: base\nbackend: { cpu: half }\n');
    const before = process.cwd();
    process.chdir(at);
    try {
      expect(loadStackFile('./stack.yaml').issues.map((issue) => issue.file)).toEqual([
        './stack.yaml',
        './stack.yaml',
      ]);
      expect(loadStackFile('stack.yaml').issues[0]?.file).toBe('stack.yaml');
    } finally {
      process.chdir(before);
    }
  });
});

test('requireStackFile throws all issues, one a line, as a mistake of the user', () => {
  const { folder, result } = loadText('target: dokcer\nredis: on\n');
  const file = join(folder, 'stack.yaml');
  expect(result.issues).toHaveLength(2);
  let thrown: unknown;
  try {
    requireStackFile(file);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UserError);
  expect((thrown as Error).message).toBe(result.issues.map(formatIssue).join('\n'));
});

test('requireStackFile gives the stack and the warnings', () => {
  const { folder } = loadText('target: docker\nsecrets: { own: {} }\n');
  const { stack, warnings } = requireStackFile(join(folder, 'stack.yaml'));
  expect(stack.target).toBe('docker');
  expect(warnings.map(({ rule }) => rule)).toEqual(['secret-used']);
});

test.each([
  ['dev.yaml', true],
  ['base.yaml', true],
  ['Pulumi.dev.yaml', false],
  ['Pulumi.yaml', false],
  ['images.lock.yaml', false],
  ['schema.json', false],
  ['dev.yml', false],
])('%s is a stack file: %s', (name, expected) => expect(isStackFileName(name)).toBe(expected));
