import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { runtimeScript } from '../../src/bundle.ts';
import { cacheRoot } from '../../toolchain/cache.ts';
import { fixtureBackend } from './stacks.ts';

const version = '5.1.7';

/**
 * The native part of the npm package sqlite3, as its own install step downloads or compiles it on this
 * machine (a minute), kept in the cache folder. It uses Node-API, so it fits every Node version.
 */
async function nativeSqlite(): Promise<string> {
  const folder = join(
    cacheRoot(),
    'test',
    `sqlite3-${version}-${process.platform}-${process.arch}`,
  );
  const file = join(folder, 'node_modules/sqlite3/build/Release/node_sqlite3.node');
  if (existsSync(file)) return file;
  const building = `${folder}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  writeFileSync(join(building, 'package.json'), '{ "private": true }\n');
  await execa(
    'npm',
    ['install', `sqlite3@${version}`, '--no-audit', '--no-fund', '--foreground-scripts'],
    {
      cwd: building,
      env: { npm_config_jobs: 'max' },
    },
  );
  rmSync(folder, { recursive: true, force: true });
  renameSync(building, folder);
  return file;
}

/** A build folder for the store on sqlite: the fixture, the runtime and the native part. */
export async function sqliteStore(folder: string): Promise<string> {
  cpSync(fixtureBackend('sqlite'), folder, { recursive: true });
  writeFileSync(join(folder, 'medusa-infra-runtime.cjs'), runtimeScript());
  mkdirSync(join(folder, 'native'));
  copyFileSync(await nativeSqlite(), join(folder, 'native/node_sqlite3.node'));
  return folder;
}
