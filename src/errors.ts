import type { ErrorCode } from './error-codes.ts';

/** Something that is wrong and that the user can fix, found before a resource is touched. */
export interface Problem {
  /** In the stack file; left out where it concerns none of its values. */
  readonly path?: readonly (string | number)[];
  /** What was found, and how to fix it; no data travels inside its text. */
  readonly message: string;
  /** Permanent: see error-codes.ts and docs/errors.md. */
  readonly code: ErrorCode;
}

/** A problem as `--json` prints it, with its place if the stack file, or one that it extends, has the value. */
export interface PlacedProblem {
  /** Of the table in error-codes.ts, or the name of a rule of the stack file. */
  readonly code: string;
  /** Such as `backend.cpu`. */
  readonly path?: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  readonly message: string;
}

/**
 * A failure that the user can fix: the message says where, what rule, what was found and what to do.
 * The command prints the message alone (no stack trace) and ends with exit code 1.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  /** Permanent: see error-codes.ts and docs/errors.md. */
  readonly code: ErrorCode;
  /** Each of the problems that the message lists; empty if it is about a single one. */
  readonly problems: readonly PlacedProblem[];

  constructor(message: string, code: ErrorCode, problems?: readonly PlacedProblem[]);
  /**
   * For toolchain/aws/provider.ts alone, which gives no code: its text is part of the key under which
   * the plugin is cached, so that an edit there costs every machine a build of many minutes.
   */
  constructor(message: `${string}: expected the hash ${string}, got ${string}`);
  constructor(
    message: string,
    code: ErrorCode = 'checksum-mismatch',
    problems: readonly PlacedProblem[] = [],
  ) {
    super(message);
    this.code = code;
    this.problems = problems;
  }
}
