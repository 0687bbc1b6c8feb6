import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/troubleshooting.md', 'utf8');
const keys = [...page.matchAll(/^### `(.+)`$/gm)].map(([, key = '']) => key);

const sources = ['src', 'infra', 'toolchain', 'scripts']
  .flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[]).map((file) => `${folder}/${file}`),
  )
  .filter((file) => /\.(ts|mjs)$/.test(file) && !file.startsWith('toolchain/go/'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test('every message on the page is one that the code has', () => {
  expect(keys.length).toBeGreaterThan(20);
  const unknown = keys.filter((key) =>
    key.split('…').some((part) => part.trim() !== '' && !sources.includes(part.trim())),
  );
  expect(unknown).toEqual([]);
});

test('no message is there twice', () => {
  expect(keys).toEqual([...new Set(keys)]);
});
