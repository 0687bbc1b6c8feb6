import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { whoElseWrites } from './own-folder.ts';
import { platform } from './pins.ts';

/** Where a part came from: the machine had it, its vendor's download, a build on this machine, or a package registry. */
export type Origin = 'installed' | 'download' | 'built' | 'npm' | 'pip';

/** What `entry.json` says of a finished folder of the cache. Without that file the folder does not count. */
export interface CacheEntry {
  readonly version: string;
  readonly origin: Origin;
  /** Bytes of each file that must be there, by its path in the folder. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * The folder for what this project downloads and builds: `$MEDUSA_INFRA_CACHE`, else `medusa-infra` in
 * `$XDG_CACHE_HOME` or `~/.cache`. Never inside the repository, so that a clean checkout keeps it.
 */
export function cacheRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = env['MEDUSA_INFRA_CACHE'];
  if (own) return path.resolve(own);
  const base = env['XDG_CACHE_HOME'] || path.join(env['HOME'] || homedir(), '.cache');
  return path.join(base, 'medusa-infra');
}

/**
 * The cache of tools in a folder, which is made with mode 0700.
 * @param group see `PartCache`
 * @throws UserError where somebody else could put programs into it: they would run as this user
 */
export function openCache(root: string, group?: string): PartCache {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch {
    // On a read-only disk, for instance: nothing can run from it, and what needs it reports why it cannot write.
    return new PartCache(root, group);
  }
  const reason = whoElseWrites(root);
  if (reason !== undefined) {
    throw new UserError(
      `cache folder ${root}: its programs run as you, but ${reason}; if nobody else has used it, take the right away (chmod go-w, or chown), otherwise set MEDUSA_INFRA_CACHE to a folder that only you can write to`,
      'cache-not-private',
    );
  }
  return new PartCache(root, group);
}

/** A short hash of a folder's files (names and contents) and of whatever else shapes the result. */
export function sourceKey(folder: string | undefined, ...extra: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify([platform, ...extra]));
  if (folder) {
    for (const file of listFiles(folder)) {
      hash.update(`\0${file}\0`).update(readFileSync(path.join(folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** Finished folders, each under a name and a key; a folder appears whole (by a rename) or not at all. */
export class PartCache {
  readonly root: string;
  /** Held by who writes. Two groups of parts have a folder each, so that neither waits for the other. */
  readonly lockFolder: string;

  constructor(root: string, group = '') {
    this.root = root;
    this.lockFolder = path.join(root, group);
  }

  folder(name: string, key: string): string {
    return path.join(this.root, 'tools', `${name}-${key}`);
  }

  /** The entry when it is finished and its files are as long as they were; undefined otherwise. */
  read(name: string, key: string): (CacheEntry & { folder: string }) | undefined {
    const folder = this.folder(name, key);
    const file = path.join(folder, 'entry.json');
    if (!existsSync(file)) return undefined;
    const entry = JSON.parse(readFileSync(file, 'utf8')) as CacheEntry;
    for (const [name, size] of Object.entries(entry.files)) {
      const found = statSync(path.join(folder, name), { throwIfNoEntry: false });
      if (found?.size !== size) return undefined;
    }
    return { ...entry, folder };
  }

  /**
   * Lets `fill` write into an empty folder next to the others, then moves it into place. Whatever is interrupted before
   * the move leaves no trace but a folder in `tmp`, which the next holder of the lock clears.
   */
  async write(
    name: string,
    key: string,
    fill: (folder: string) => Promise<{ version: string; origin: Origin; files: string[] }>,
  ): Promise<CacheEntry & { folder: string }> {
    const temporary = path.join(
      this.lockFolder,
      'tmp',
      `${name}-${randomBytes(6).toString('hex')}`,
    );
    await mkdir(temporary, { recursive: true });
    try {
      const { version, origin, files } = await fill(temporary);
      const sizes: Record<string, number> = {};
      for (const file of files) sizes[file] = (await stat(path.join(temporary, file))).size;
      const entry: CacheEntry = { version, origin, files: sizes };
      await writeFile(path.join(temporary, 'entry.json'), `${JSON.stringify(entry, null, 2)}\n`);
      const folder = this.folder(name, key);
      await mkdir(path.dirname(folder), { recursive: true });
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
      return { ...entry, folder };
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Removes what interrupted runs left. Only for the holder of the lock. */
  async clearTemporary(): Promise<void> {
    await rm(path.join(this.lockFolder, 'tmp'), { recursive: true, force: true });
  }
}
