import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../src/errors.ts';

/**
 * Makes a failure that the user can fix one that Pulumi prints without a stack trace. Always the same
 * object for the same failure: Pulumi reports an object once, however often it is thrown.
 */
export function toRunError(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const known = runErrors.get(error);
  if (known) return known;
  const runError = new pulumi.RunError(error.message);
  // Pulumi prints the stack of any error with which a dependency rejects.
  runError.stack = error.message;
  runErrors.set(error, runError);
  return runError;
}

const runErrors = new WeakMap<UserError, pulumi.RunError>();
