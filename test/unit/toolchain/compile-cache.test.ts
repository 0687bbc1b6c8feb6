import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compileCacheFolder } from '../../../toolchain/compile-cache.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const name = 'node-compile-cache';
const mode = (folder: string) => statSync(folder).mode & 0o777;

test('is made for its user alone, whatever the umask', () => {
  const root = realpathSync(temporaryFolder());
  const before = process.umask(0);
  try {
    const folder = compileCacheFolder(path.join(root, 'cache'));
    expect(folder).toBe(path.join(root, 'cache', name));
    expect(mode(folder ?? '')).toBe(0o700);
  } finally {
    process.umask(before);
  }
});

test('what is there already is kept, but emptied where others could write into it or read it', () => {
  const root = temporaryFolder();
  const folder = path.join(root, name);
  const entry = path.join(folder, 'entry');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(entry, '');
  compileCacheFolder(root);
  expect(existsSync(entry)).toBe(true);
  chmodSync(folder, 0o775);
  expect(compileCacheFolder(root)).toBe(realpathSync(folder));
  expect(existsSync(entry)).toBe(false);
  expect(mode(folder)).toBe(0o700);
});

test('a parent that others may write into is refused, but for one like /tmp', () => {
  const root = temporaryFolder();
  chmodSync(root, 0o1777);
  expect(compileCacheFolder(root)).toBeDefined();
  for (const open of [0o777, 0o770]) {
    chmodSync(root, open);
    expect(compileCacheFolder(root)).toBeUndefined();
    expect(compileCacheFolder(path.join(root, 'below', 'it'))).toBeUndefined();
  }
});

test('behind a link the folder itself counts', () => {
  const open = temporaryFolder();
  chmodSync(open, 0o777);
  const link = path.join(temporaryFolder(), 'cache');
  symlinkSync(open, link);
  expect(compileCacheFolder(link)).toBeUndefined();
});

test('a file in its place means none, as a folder that cannot be made does', () => {
  const root = temporaryFolder();
  writeFileSync(path.join(root, 'file'), '');
  expect(compileCacheFolder(path.join(root, 'file'))).toBeUndefined();
});

test.runIf(process.geteuid?.() === 0)(
  'a folder of somebody else, and one below it, is refused',
  () => {
    const root = temporaryFolder();
    mkdirSync(path.join(root, name), { mode: 0o700 });
    chownSync(path.join(root, name), 1000, 1000);
    expect(compileCacheFolder(root)).toBeUndefined();
    const parent = temporaryFolder();
    chownSync(parent, 1000, 1000);
    expect(compileCacheFolder(parent)).toBeUndefined();
  },
);
