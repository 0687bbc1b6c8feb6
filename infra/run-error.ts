import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../src/errors.ts';

/**
 * What Pulumi prints without a stack trace when the failure is one that the user can mend. Always the
 * same object for the same failure: Pulumi reports an object once, however often it is thrown.
 */
export function toRunError(error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const known = runErrors.get(error);
  if (known) return known;
  const runError = new pulumi.RunError(error.message);
  // Where a rejected dependency carries it, Pulumi prints the stack of any error.
  runError.stack = error.message;
  runErrors.set(error, runError);
  return runError;
}

const runErrors = new WeakMap<UserError, pulumi.RunError>();
