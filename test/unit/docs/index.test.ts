import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each(['', 'adr/'])('the index of the documents names each page of docs/%s', (folder) => {
  const index = readFileSync('docs/README.md', 'utf8');
  const pages = readdirSync(`docs/${folder}`).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  );
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter((page) => !index.includes(`(${folder}${page})`))).toEqual([]);
});
