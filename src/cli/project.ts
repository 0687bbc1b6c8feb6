import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { isStackFileName, stackNamesIn } from '../stack/extends.ts';
import { nearest } from '../stack/suggest.ts';
import { printable } from '../stack/tree.ts';

/** The folder of Pulumi.yaml, and what that file says about the project. */
export interface Project {
  readonly root: string;
  readonly name: string;
  /** Absolute folder of the stack files. */
  readonly stacksDir: string;
  /** Of the program, from the folder of Pulumi.yaml. */
  readonly main?: string;
}

/**
 * Finds the project of `cwd`: the nearest folder upwards with a Pulumi.yaml.
 * Patterns read the values, because a YAML parser would take longer than everything else.
 * @throws UserError if there is none
 */
export function findProject(cwd: string): Project {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const file = join(folder, 'Pulumi.yaml');
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
      const text = readFileSync(file, 'utf8');
      const name = topLevelValue(text, 'name');
      if (!name) throw new UserError(`${file}: the project has no name`, 'project-invalid');
      const main = topLevelValue(text, 'main');
      return {
        root: folder,
        name,
        ...(main ? { main } : {}),
        stacksDir: join(folder, topLevelValue(text, 'stackConfigDir') ?? 'stacks'),
      };
    }
    if (dirname(folder) === folder) {
      throw new UserError(
        `there is no Pulumi.yaml in ${cwd} or above it; run the command in a project`,
        'project-missing',
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

/** Pulumi's configuration files of the stacks whose secrets are encrypted with a passphrase. */
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
 * @throws UserError with the nearest name, or all names, if there is none
 */
export function stackFilePath(project: Project, stack: string): string {
  const name = `${stack}.yaml`;
  const file = join(project.stacksDir, name);
  if (!/[\\/]/.test(stack) && isStackFileName(name) && existsSync(file)) {
    if (STACK_NAME.test(stack)) return file;
    throw new UserError(
      `stack ${printable(stack)}: a stack name has at most 100 letters, digits, hyphens, underscores and periods; rename the file`,
      'stack-name-invalid',
    );
  }
  const names = stackNamesIn(project.stacksDir);
  const near = nearest(stack, names);
  const hint = near
    ? `did you mean "${near}"?`
    : names.length > 0
      ? `available: ${names.join(', ')}`
      : 'the folder has no stack file yet';
  throw new UserError(
    `there is no stack ${printable(stack)} (${printable(name).slice(1, -1)} in ${relative(project.root, project.stacksDir)}); ${hint}`,
    'stack-file-missing',
  );
}

/** A path relative to the working folder; absolute if it lies outside. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
