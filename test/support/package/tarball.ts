import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot } from '../../../toolchain/cache.ts';
import { withLock } from '../../../toolchain/lock.ts';
import { repository } from '../project.ts';

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Tarball {
  /** Path of the .tgz, which stays. */
  readonly path: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: readonly PackedFile[];
}

interface PackResult {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

/** Longer than any test file takes. */
const KEPT_MILLISECONDS = 2 * 3_600_000;

/** The repository packed as a release packs it: once for all test files, as long as no file changes. */
export async function pack(): Promise<Tarball> {
  const parent = join(cacheRoot(), 'test/package');
  const folder = join(parent, await stampOfRepository());
  await withLock(
    join(parent, 'lock-folder'),
    async () => {
      if (existsSync(join(folder, 'pack.json'))) return;
      removeOld(parent);
      mkdirSync(folder, { recursive: true });
      const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: repository,
      });
      // The build that packing starts may print before.
      writeFileSync(join(folder, 'pack.json'), stdout.slice(stdout.indexOf('[\n')));
    },
    () => {},
  );
  const [packed] = JSON.parse(readFileSync(join(folder, 'pack.json'), 'utf8')) as PackResult[];
  if (!packed) throw new Error('npm pack reported nothing');
  return {
    path: join(folder, packed.filename),
    bytes: packed.size,
    unpackedBytes: packed.unpackedSize,
    files: packed.files,
  };
}

/** Of earlier states of the repository: another test file may still install one of a moment ago. */
function removeOld(parent: string): void {
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const folder = join(parent, name);
    const age = Date.now() - statSync(folder).mtimeMs;
    if (name !== 'lock-folder' && age > KEPT_MILLISECONDS) rmSync(folder, { recursive: true });
  }
}

/** Changes with every file of the repository, by size and time. */
async function stampOfRepository(): Promise<string> {
  const { stdout } = await execa('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: repository,
  });
  const hash = createHash('sha256').update(repository);
  for (const file of stdout.split('\0')) {
    const facts = statSync(join(repository, file), { throwIfNoEntry: false });
    hash.update(`${file}\0${facts?.size}\0${facts?.mtimeMs}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}
