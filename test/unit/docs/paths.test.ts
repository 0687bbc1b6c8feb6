import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const documents = [
  ...readdirSync('.').filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md'),
  ...(readdirSync('docs', { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** In a document, `src/stack/load.ts` in backticks; not `src/<name>` or a pattern. */
const pathPattern = /`((?:src|infra|toolchain|scripts|test|bench|stacks|docs)\/[\w./-]+)`/g;
/** Made by the user, or by a run. */
const notHere = ['stacks/images.lock.yaml', 'stacks/Pulumi.prod.yaml', 'stacks/production.yaml'];

test('every path that a document names exists', () => {
  const missing = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(pathPattern)]
      .map(([, path = '']) => path)
      .filter((path) => !notHere.includes(path) && !existsSync(path))
      .map((path) => `${document}: ${path}`),
  );
  expect(missing).toEqual([]);
});
