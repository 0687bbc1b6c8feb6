import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot } from '../../../toolchain/cache.ts';

/** pnpm 10 is the last one that runs on Node 20. */
const VERSIONS = { pnpm: '10.34.9', yarn: '1.22.22' };

export type Manager = 'npm' | 'yarn' | 'pnpm' | 'pnpm-hoisted';
export const MANAGERS: readonly Manager[] = ['npm', 'yarn', 'pnpm', 'pnpm-hoisted'];

/** Installs what the folder's package.json says, from caches where they have it; no scripts run. */
export async function install(manager: Manager, folder: string): Promise<void> {
  const cache = join(cacheRoot(), 'test');
  const options = { cwd: folder, extendEnv: true, env: { CI: 'true', NODE_ENV: '' } };
  if (manager === 'npm') {
    const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    await execa('npm', ['install', ...flags], options);
    return;
  }
  const tools = await packageManagers();
  if (manager === 'yarn') {
    const flags = ['--prefer-offline', '--ignore-scripts', '--ignore-engines', '--no-lockfile'];
    const cacheFolder = ['--cache-folder', join(cache, 'yarn-cache')];
    await execa(join(tools, 'yarn'), ['install', ...flags, ...cacheFolder], options);
    return;
  }
  // Without any hoisting a package finds what it declares and nothing else.
  const layout = manager === 'pnpm' ? ['--config.hoist=false'] : ['--config.node-linker=hoisted'];
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-lockfile', '--store-dir'];
  await execa(
    join(tools, 'pnpm'),
    ['install', ...layout, ...flags, join(cache, 'pnpm-store')],
    options,
  );
}

/** The folder of the programs `yarn` and `pnpm`, installed once in the cache folder. */
async function packageManagers(): Promise<string> {
  const name = Object.entries(VERSIONS)
    .map((entry) => entry.join('-'))
    .join('-');
  const folder = join(cacheRoot(), 'test', `package-managers-${name}`);
  const programs = join(folder, 'node_modules/.bin');
  if (existsSync(programs)) return programs;
  const installing = `${folder}.${process.pid}`;
  mkdirSync(installing, { recursive: true });
  writeFileSync(
    join(installing, 'package.json'),
    JSON.stringify({ private: true, dependencies: VERSIONS }),
  );
  await execa('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: installing,
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(installing, folder);
  return programs;
}
