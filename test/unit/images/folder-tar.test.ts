import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { afterEach, expect, test } from 'vitest';
import { folderTar } from '../../../src/images/folder-tar.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const usual = process.umask();
afterEach(() => {
  process.umask(usual);
});

/** `name mode text`, of each entry. */
async function entriesOf(tar: NodeJS.ReadableStream): Promise<string[]> {
  const found: string[] = [];
  const reader = extract();
  reader.on('entry', ({ name, mode, linkname, uid }, content, next) => {
    let text = '';
    content.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    content.on('end', () => {
      found.push(`${name} ${mode?.toString(8)} ${uid} ${linkname ?? text}`.trim());
      next();
    });
  });
  await pipeline(tar, reader);
  return found;
}

test.each([0o077, 0o000])('modes are the same under umask %i', async (mask) => {
  process.umask(mask);
  const folder = temporaryFolder();
  // As an image from Debian packages is staged: an entry point, npm.
  mkdirSync(join(folder, 'npm/bin'), { recursive: true });
  for (const file of ['Dockerfile', 'docker-entrypoint.sh', 'npm/bin/npm-cli.js', 'left-out']) {
    writeFileSync(join(folder, file), `of ${file}`);
  }
  chmodSync(join(folder, 'docker-entrypoint.sh'), 0o777 & ~mask);
  symlinkSync('bin/npm-cli.js', join(folder, 'npm/link'));
  const entries = ['Dockerfile', 'docker-entrypoint.sh', 'npm'];
  expect(await entriesOf(folderTar(folder, entries))).toEqual([
    'Dockerfile 644 0 of Dockerfile',
    'docker-entrypoint.sh 755 0 of docker-entrypoint.sh',
    'npm 755 0',
    'npm/bin 755 0',
    'npm/bin/npm-cli.js 644 0 of npm/bin/npm-cli.js',
    'npm/link 777 0 bin/npm-cli.js',
  ]);
});

test('an entry that is not there ends the stream with the reason', async () => {
  await expect(entriesOf(folderTar(temporaryFolder(), ['none']))).rejects.toThrow('ENOENT');
});
