import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { isStackFileName, stackNamesIn } from '../stack/extends.ts';
import { nearest } from '../stack/suggest.ts';
import { printable } from '../stack/tree.ts';

/** The folder that holds Pulumi.yaml, and what it says about the project. */
export interface Project {
  readonly root: string;
  readonly name: string;
  /** Absolute folder of the stack files. */
  readonly stacksDir: string;
}

/**
 * Finds the project that `cwd` lies in: the nearest folder upwards with a Pulumi.yaml.
 * The two values are read with patterns, since a YAML parser would cost more than all the rest.
 */
export function findProject(cwd: string): Project {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = join(folder, 'Pulumi.yaml');
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
      const text = readFileSync(file, 'utf8');
      const name = topLevelValue(text, 'name');
      if (!name) throw new UserError(`${file}: a project needs a name`);
      return {
        root: folder,
        name,
        stacksDir: join(folder, topLevelValue(text, 'stackConfigDir') ?? 'stacks'),
      };
    }
    if (dirname(folder) === folder) {
      throw new UserError(
        `no Pulumi.yaml in ${cwd} or above it; run this inside a medusa-infra project`,
      );
    }
  }
}

function topLevelValue(yaml: string, key: string): string | undefined {
  const match = new RegExp(`^${key}:[ \\t]*(["']?)([^"'#\\r\\n]+?)\\1[ \\t]*(#.*)?$`, 'm').exec(
    yaml,
  );
  return match?.[2];
}

/** Files in which Pulumi keeps a stack's configuration, of stacks whose secrets a passphrase encrypts. */
export function encryptedStacks({ stacksDir }: Project): string[] {
  if (!existsSync(stacksDir)) return [];
  return readdirSync(stacksDir)
    .filter((name) => /^Pulumi\..+\.yaml$/.test(name))
    .map((name) => join(stacksDir, name))
    .filter((file) => topLevelValue(readFileSync(file, 'utf8'), 'encryptionsalt') !== undefined);
}

/** Source: Pulumi's `ValidateStackName` (pkg/backend/diy). */
const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * The stack file of `stack` (absolute).
 * @throws UserError with the nearest name, or all, where there is none
 */
export function stackFilePath(project: Project, stack: string): string {
  const name = `${stack}.yaml`;
  const file = join(project.stacksDir, name);
  if (!/[\\/]/.test(stack) && isStackFileName(name) && existsSync(file)) {
    if (STACK_NAME.test(stack)) return file;
    throw new UserError(
      `stack ${printable(stack)}: at most 100 letters, digits, hyphens, underscores and periods name a stack; rename its file`,
    );
  }
  const names = stackNamesIn(project.stacksDir);
  const near = nearest(stack, names);
  const hint = near
    ? `did you mean "${near}"?`
    : names.length > 0
      ? `there are: ${names.join(', ')}`
      : 'there is none yet';
  throw new UserError(
    `there is no stack ${printable(stack)} (${printable(name).slice(1, -1)} in ${relative(project.root, project.stacksDir)}); ${hint}`,
  );
}

/** A path as a person would type it from the working folder. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
