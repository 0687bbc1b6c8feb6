import { UserError } from '../errors.ts';

/** What the system refuses that only the user can mend, by its code. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it; mend its permissions, or name another place',
  EPERM: 'this user may not use it; mend its permissions, or name another place',
  EROFS: 'it is on a read-only file system; name another place, or mount that for writing',
  ENOSPC: 'there is no space left on its disk; free some, or name another place',
  EDQUOT: 'the quota of its disk is used up; free some, or name another place',
  ENOTDIR: 'a folder is needed where there is a file; move that away, or name another place',
  EISDIR: 'a file is needed where there is a folder; move that away, or name another place',
  ENAMETOOLONG: 'its name is too long; give a shorter one',
};

/**
 * A failure of the system at a file, in words that name the place and the mend; undefined where it is
 * none of those.
 */
export function systemProblem(error: unknown): UserError | undefined {
  if (!isSystemError(error)) return undefined;
  const { code, path, syscall } = error;
  // Node says so of a folder that cannot be made: on a read-only file system, for one.
  const unmade = code === 'ENOENT' && syscall === 'mkdir';
  const refusal = unmade ? 'it cannot be made; name another place, or make it' : REFUSALS[code];
  return refusal === undefined ? undefined : new UserError(`${path}: ${refusal} (${code})`);
}

function isSystemError(
  error: unknown,
): error is NodeJS.ErrnoException & { readonly code: string; readonly path: string } {
  return error instanceof Error && 'code' in error && 'path' in error;
}
