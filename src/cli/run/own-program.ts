import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../../toolchain/package-root.ts';
import type { Project } from '../project.ts';

/** The kit's own program, as a Pulumi.yaml or an entry file names it. */
const ENTRIES = ['infra/main.js', 'dist/program.js', 'dist/program.cjs'];

/** An entry file whose only statement passes the kit's program on. */
const ONE_LINE = [
  /^export \{ default \} from (['"])(?<from>[^'"]+)\1;?$/,
  /^module\.exports = require\((['"])(?<from>[^'"]+)\1\);?$/,
];

/**
 * Whether the project runs this package's program and nothing else. Only then can the command run it in its own process;
 * the project's own program runs in a separate process, as Pulumi starts it.
 */
export function runsOwnProgram({ root, main }: Project): boolean {
  if (main === undefined) return false;
  const file = resolve(root, main);
  if (isOwn(file)) return true;
  const target = passedOn(file);
  return target !== undefined && isOwn(target);
}

function isOwn(file: string): boolean {
  const path = existsSync(file) ? realpathSync(file) : file;
  return ENTRIES.some((entry) => path === join(realpathSync(packageRoot), entry));
}

/** The file that a one-line entry passes on. */
function passedOn(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // A folder, or nothing: Pulumi reports it.
    return undefined;
  }
  const line = text.replaceAll(/^\s*\/\/.*$/gm, '').trim();
  const from = ONE_LINE.map((pattern) => pattern.exec(line)?.groups?.['from']).find(Boolean);
  if (from === undefined) return undefined;
  if (/^[./]/.test(from)) return resolve(dirname(file), from);
  try {
    return createRequire(file).resolve(from);
  } catch {
    return undefined;
  }
}
