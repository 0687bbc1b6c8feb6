import { isUnknownCaller, unknownCaller } from '../../aws/unknown-caller.ts';
import { firstLine } from '../../error-text.ts';
import { UserError } from '../../errors.ts';

/**
 * Turns an error of AWS into a UserError: the user can fix what AWS rejects.
 * @param what was requested, such as `which tasks run`
 */
export async function withAwsErrors<T>(ask: () => Promise<T>, what?: string): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { name, message } = error as Error;
    const reason = firstLine(message) || name;
    if (isUnknownCaller(error)) throw new UserError(unknownCaller(reason), 'aws-credentials');
    throw new UserError(
      what === undefined
        ? `AWS rejected the request (${name}: ${reason})`
        : `AWS did not report ${what} (${name}: ${reason}); check the network, and the permissions that docs/aws.md lists`,
      'aws-request-failed',
    );
  }
}
