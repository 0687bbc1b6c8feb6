import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImageLock } from '../../../src/derive/plan.ts';
import { UserError } from '../../../src/errors.ts';
import { readImageLock, writeImageLock } from '../../../src/images/lock-file.ts';

const id = (letter: string) => `sha256:${letter.repeat(64)}`;
const lockOf = (source: ImageLock['source'], letter: string): ImageLock => ({
  source,
  images: {
    postgres: { ref: id(letter), name: 'postgres:17-bookworm', version: '17.6' },
    redis: { ref: `redis@${id(letter)}`, name: 'redis:7-bookworm', version: '7.4.5' },
    node: { ref: id(letter), name: 'node:22-bookworm-slim', version: '22.23.3' },
    edge: { ref: id(letter), name: 'caddy:2', version: '2.10.0' },
  },
});

let folder: string;
let cacheBefore: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-lock-'));
  cacheBefore = process.env['MEDUSA_INFRA_CACHE'];
  process.env['MEDUSA_INFRA_CACHE'] = join(folder, 'cache');
});

afterEach(async () => {
  if (cacheBefore === undefined) delete process.env['MEDUSA_INFRA_CACHE'];
  else process.env['MEDUSA_INFRA_CACHE'] = cacheBefore;
  await rm(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'stacks', 'images.lock.yaml');
const stacks = () => join(folder, 'stacks');

describe('the image lock file', () => {
  test('says nothing where there is none', async () => {
    expect(await readImageLock(stacks(), 'dev')).toBeUndefined();
  });

  test('gives back what was written, and keeps the other stacks', async () => {
    await writeImageLock(stacks(), 'staging', lockOf('official', 'b'));
    await writeImageLock(stacks(), 'dev', lockOf('debian', 'a'));
    await writeImageLock(stacks(), 'staging', lockOf('debian', 'c'));
    expect(await readImageLock(stacks(), 'dev')).toEqual(lockOf('debian', 'a'));
    expect(await readImageLock(stacks(), 'staging')).toEqual(lockOf('debian', 'c'));
    expect(await readImageLock(stacks(), 'prod')).toBeUndefined();
  });

  test('is readable, sorted by stack, and leaves no other file behind', async () => {
    await writeImageLock(stacks(), 'staging', lockOf('official', 'b'));
    await writeImageLock(stacks(), 'dev', lockOf('debian', 'a'));
    const lines = (await readFile(file(), 'utf8')).split('\n');
    expect(lines.slice(0, 9)).toEqual([
      '# Which images each stack runs: chosen once, kept from then on. Written by medusa-infra.',
      '# For newer images: medusa-infra images update. For another source: images.source in the stack file.',
      '',
      'dev:',
      '  source: debian',
      '  images:',
      '    postgres:',
      `      ref: ${id('a')}`,
      '      name: postgres:17-bookworm',
    ]);
    expect(lines.filter((line) => /^\S+:$/.test(line))).toEqual(['dev:', 'staging:']);
    expect(await readdir(stacks())).toEqual(['images.lock.yaml']);
  });

  test('loses nothing when stacks come up at the same time', async () => {
    const names = ['a', 'b'];
    await Promise.all(names.map((name) => writeImageLock(stacks(), name, lockOf('debian', name))));
    for (const name of names) {
      expect(await readImageLock(stacks(), name)).toEqual(lockOf('debian', name));
    }
  });

  test('refuses an entry that is not one, and says which', async () => {
    await writeImageLock(stacks(), 'dev', lockOf('debian', 'a'));
    const text = await readFile(file(), 'utf8');
    await writeFile(file(), text.replace(`ref: ${id('a')}`, 'ref: postgres:latest'));
    await expect(readImageLock(stacks(), 'dev')).rejects.toThrow(
      new UserError(
        `${file()}: dev.images.postgres.ref is not an entry of this kit's lock file ` +
          '(Invalid string: must match pattern /^(sha256:[0-9a-f]{64}|[^\\s@]+@sha256:[0-9a-f]{64})$/); ' +
          'remove the entry "dev" and run `up`',
        'image-lock-invalid',
      ),
    );
  });

  test('refuses a file that is no map', async () => {
    await writeImageLock(stacks(), 'dev', lockOf('debian', 'a'));
    await writeFile(file(), '- dev\n');
    await expect(readImageLock(stacks(), 'dev')).rejects.toThrow(
      new UserError(
        `${file()}: not a map of stacks (a list); remove the file and run \`up\``,
        'image-lock-invalid',
      ),
    );
    await writeFile(file(), 'dev: [\n');
    await expect(readImageLock(stacks(), 'dev')).rejects.toThrow(/not a map of stacks/);
  });
});
