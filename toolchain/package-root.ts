import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The kit's own name on npm. */
const NAME = 'medusa-infra';

/**
 * The folder of this package, for the files that it ships next to its code. It is looked for upwards, because compiled
 * code lies elsewhere than its sources.
 */
export const packageRoot = findPackageRoot(import.meta.dirname);

function findPackageRoot(folder: string): string {
  const manifest = path.join(folder, 'package.json');
  if (existsSync(manifest)) {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
    if (name === NAME) return folder;
  }
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error(`no package.json of ${NAME} above its own code`);
  return findPackageRoot(parent);
}
