import { isUnknownCaller, unknownCaller } from '../../aws/unknown-caller.ts';
import { UserError } from '../../errors.ts';

/**
 * Asks AWS; what it refuses is for the user to mend: its words, without a stack.
 * @param what is asked for, such as `which tasks run`
 */
export async function withAwsErrors<T>(ask: () => Promise<T>, what?: string): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { name, message } = error as Error;
    const reason = message.split('\n')[0] || name;
    if (isUnknownCaller(error)) throw new UserError(unknownCaller(reason));
    throw new UserError(
      what === undefined
        ? `AWS refuses (${name}: ${reason})`
        : `AWS does not say ${what} (${name}: ${reason}); see that it can be reached, and docs/aws.md for the rights that are needed`,
    );
  }
}
