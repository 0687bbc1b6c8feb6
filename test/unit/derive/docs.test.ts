import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { file, render } from '../../../scripts/docs/environment.ts';
import { ENVIRONMENT_TABLE } from '../../../src/container/environment.ts';

test('docs/environment.md is what the table says', () => {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  expect(text).toBe(render());
  expect(text.match(/^## .+$/gm)).toEqual(ENVIRONMENT_TABLE.map(({ name }) => `## ${name}`));
});
