import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/troubleshooting.md', 'utf8');
const keysIn = (text: string) => [...text.matchAll(/^### `(.+)`$/gm)].map(([, key = '']) => key);
const keys = keysIn(page);
/** Messages of PostgreSQL and Redis. */
const ofStores = keysIn(/^## The backend's stores$.*?(?=^## )/ms.exec(page)?.[0] ?? '');

const textOf = (folders: readonly string[]) =>
  folders
    .flatMap((folder) =>
      (readdirSync(folder, { recursive: true }) as string[]).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.startsWith('toolchain/go/'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
const sources = textOf(['src', 'infra', 'toolchain', 'scripts']);

test('every message on the page is one that the code has', () => {
  expect(keys.length).toBeGreaterThan(20);
  const ours = keys.filter((key) => !ofStores.includes(key));
  const unknown = ours.filter((key) =>
    key.split('…').some((part) => part.trim() !== '' && !sources.includes(part.trim())),
  );
  expect(unknown).toEqual([]);
});

test('every message of a store is one that a test has seen', () => {
  expect(ofStores.length).toBeGreaterThan(0);
  const seen = textOf(['test/integration']);
  expect(ofStores.filter((key) => !seen.includes(key))).toEqual([]);
});

test('no message is there twice', () => {
  expect(keys).toEqual([...new Set(keys)]);
});
