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

/**
 * A failure that the user can fix: the message says where, what rule, what was found and what to do.
 * The command prints the message alone (no stack trace) and ends with exit code 1.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  /** Permanent: see error-codes.ts and docs/errors.md. */
  readonly code: ErrorCode | undefined;

  constructor(message: string, code?: ErrorCode) {
    super(message);
    this.code = code;
  }
}
