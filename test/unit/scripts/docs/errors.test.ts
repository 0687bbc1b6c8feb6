import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { render } from '../../../../scripts/docs/errors.ts';
import { errorCodes } from '../../../../src/error-codes.ts';
import { loadStackFile } from '../../../../src/stack/load.ts';
import { FIXTURES } from '../../../support/unit/corpus.ts';

const sources = ['src', 'infra', 'toolchain', 'bin'].flatMap((folder) =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /\.(ts|js)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .filter((file) => file !== 'src/error-codes.ts')
    .map((file) => readFileSync(file, 'utf8')),
);

test('every code is in the document once, in the order of the table', () => {
  const [codes = ''] = render().split('## Rules of the stack file');
  const documented = [...codes.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(documented).toEqual(Object.keys(errorCodes));
});

test('no code is dead: something throws each of them', () => {
  const text = sources.join('\n');
  const dead = Object.keys(errorCodes).filter((code) => !text.includes(`'${code}'`));
  expect(dead).toEqual([]);
});

test('every rule that a wrong stack file breaks is in the document', () => {
  const folder = join(FIXTURES, 'cases', 'bad');
  const broken = readdirSync(folder).flatMap((name) =>
    loadStackFile(join(folder, name)).issues.map(({ rule }) => rule),
  );
  const documented = render();
  const missing = [...new Set(broken)].filter((rule) => !documented.includes(`| \`${rule}\` |`));
  expect(missing).toEqual([]);
});
