import { UserError } from '../errors.ts';

/** Asks AWS; what it refuses is for the user to mend: its words, without a stack. */
export async function answeredByAws<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { name, message } = error as Error;
    const reason = message.split('\n')[0] || name;
    throw new UserError(
      /Credentials|Token|Signature|Unauthorized/i.test(name)
        ? `AWS does not know who asks (${reason}); log in (aws sso login, or export AWS_PROFILE) and run again`
        : `AWS refuses (${name}: ${reason})`,
    );
  }
}
