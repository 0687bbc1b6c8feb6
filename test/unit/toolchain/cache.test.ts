import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cacheRoot, openCache, PartCache, sourceKey } from '../../../toolchain/cache.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the cache folder is the one named, else below XDG_CACHE_HOME, else below the home', () => {
  expect(cacheRoot({ MEDUSA_INFRA_CACHE: '/c', XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/c');
  expect(cacheRoot({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/medusa-infra');
  expect(cacheRoot({ HOME: '/h' })).toBe('/h/.cache/medusa-infra');
});

test('a key changes with a name, a content, a nested file and whatever else is given, and with nothing else', () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'sub'));
  writeFileSync(path.join(folder, 'go.mod'), 'a');
  writeFileSync(path.join(folder, 'sub', 'x.go'), 'b');
  const first = sourceKey(folder, '1.0.0');
  expect(sourceKey(folder, '1.0.0')).toBe(first);
  expect(sourceKey(folder, '1.0.1')).not.toBe(first);
  writeFileSync(path.join(folder, 'sub', 'x.go'), 'c');
  const second = sourceKey(folder, '1.0.0');
  expect(second).not.toBe(first);
  writeFileSync(path.join(folder, 'sub', 'y.go'), '');
  expect(sourceKey(folder, '1.0.0')).not.toBe(second);
});

const fill = async (folder: string) => {
  writeFileSync(path.join(folder, 'tool'), 'binary');
  return { version: '1.2.3', origin: 'built' as const, files: ['tool'] };
};

test('an entry appears whole and is read back', async () => {
  const cache = new PartCache(temporaryFolder());
  expect(cache.read('tool', 'k')).toBeUndefined();
  await cache.write('tool', 'k', fill);
  expect(cache.read('tool', 'k')).toEqual({
    version: '1.2.3',
    origin: 'built',
    files: { tool: 6 },
    folder: path.join(cache.root, 'tools', 'tool-k'),
  });
  expect(cache.read('tool', 'other')).toBeUndefined();
});

test('a build that fails leaves nothing behind', async () => {
  const cache = new PartCache(temporaryFolder());
  const failing = cache.write('tool', 'k', async (folder) => {
    writeFileSync(path.join(folder, 'half'), '');
    throw new Error('compiler');
  });
  await expect(failing).rejects.toThrow('compiler');
  expect(cache.read('tool', 'k')).toBeUndefined();
  expect(readdirSync(path.join(cache.root, 'tmp'))).toEqual([]);
});

test('an entry whose file is truncated or missing does not count, and writing it again fixes it', async () => {
  const cache = new PartCache(temporaryFolder());
  const { folder } = await cache.write('tool', 'k', fill);
  truncateSync(path.join(folder, 'tool'), 3);
  expect(cache.read('tool', 'k')).toBeUndefined();
  await cache.write('tool', 'k', fill);
  expect(cache.read('tool', 'k')?.version).toBe('1.2.3');
});

test('what an interrupted run left is cleared', async () => {
  const cache = new PartCache(temporaryFolder());
  mkdirSync(path.join(cache.root, 'tmp', 'plugin-docker-left'), { recursive: true });
  await cache.clearTemporary();
  expect(existsSync(path.join(cache.root, 'tmp'))).toBe(false);
});

test('a group has its own folder for unfinished entries, and shares the finished ones', async () => {
  const cache = new PartCache(temporaryFolder());
  const group = new PartCache(cache.root, 'aws');
  expect([cache.lockFolder, group.lockFolder]).toEqual([cache.root, path.join(cache.root, 'aws')]);
  await group.write('tool', 'k', async (folder) => {
    expect(folder.startsWith(path.join(cache.root, 'aws', 'tmp'))).toBe(true);
    await cache.clearTemporary();
    return fill(folder);
  });
  expect(cache.read('tool', 'k')?.version).toBe('1.2.3');
});

test('the cache of tools is made for its user alone, whatever the umask', () => {
  const root = path.join(temporaryFolder(), 'cache');
  const before = process.umask(0);
  try {
    expect(openCache(root).root).toBe(root);
    expect(statSync(root).mode & 0o777).toBe(0o700);
  } finally {
    process.umask(before);
  }
});

test('a cache whose tools others could replace is refused with the folder that lets them', async () => {
  const parent = realpathSync(temporaryFolder());
  const root = path.join(parent, 'cache');
  await openCache(root).write('tool', 'k', fill);
  chmodSync(parent, 0o777);
  const open = (folder: string) => `everyone can write to ${folder};`;
  expect(() => openCache(root)).toThrow(open(parent));
  chmodSync(parent, 0o1777);
  expect(openCache(root).read('tool', 'k')?.version).toBe('1.2.3');
  chmodSync(root, 0o707);
  expect(() => openCache(root)).toThrow(open(root));
});

test.runIf(process.geteuid?.() === 0)('a cache of another user is refused', () => {
  const root = realpathSync(temporaryFolder());
  chownSync(root, 1000, 1000);
  expect(() => openCache(root)).toThrow(
    `cache folder ${root}: its programs run as you, but ${root} belongs to user 1000;`,
  );
});

test.runIf(process.geteuid?.() === 0)(
  'a group that may write is refused, but for the one of its user',
  () => {
    const root = realpathSync(temporaryFolder());
    chownSync(root, 0, 1000);
    chmodSync(root, 0o770);
    expect(() => openCache(root)).toThrow(`group 1000 can write to ${root};`);
  },
);
