/**
 * A failure that the user can mend: the message says where, what rule, what was found and what to do.
 * The command prints the message alone (no stack trace) and ends with exit code 1.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}
