import { UserError } from '../errors.ts';

/** What the system refuses and only the user can fix, by its code. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; change its permissions, or use another path',
  EPERM: 'permission denied; change its permissions, or use another path',
  EROFS: 'it is on a read-only file system; use another path, or mount the file system for writing',
  ENOSPC: 'no space is left on its disk; free some space, or use another path',
  EDQUOT: 'the disk quota is exhausted; free some space, or use another path',
  ENOTDIR: 'expected a folder, found a file; move the file away, or use another path',
  EISDIR: 'expected a file, found a folder; move the folder away, or use another path',
  ENAMETOOLONG: 'the name is too long; use a shorter one',
};

/**
 * A failed file operation as a message that names the path and the fix; undefined for any other failure.
 */
export function systemProblem(error: unknown): UserError | undefined {
  if (!isSystemError(error)) return undefined;
  const { code, path, syscall } = error;
  // Node reports a folder that cannot be created like this, for example on a read-only file system.
  const unmade = code === 'ENOENT' && syscall === 'mkdir';
  const refusal = unmade
    ? 'the folder cannot be created; use another path, or create it'
    : REFUSALS[code];
  return refusal === undefined
    ? undefined
    : new UserError(`${path}: ${refusal} (${code})`, 'file-access-failed');
}

function isSystemError(
  error: unknown,
): error is NodeJS.ErrnoException & { readonly code: string; readonly path: string } {
  return error instanceof Error && 'code' in error && 'path' in error;
}
