import { randomInt } from 'node:crypto';
import { isWellKnown } from '../../derive/check-secrets.ts';
import { UserError } from '../../errors.ts';
import type { Context } from '../context.ts';

/** Letters and digits without those that look alike: 24 of them have 140 bits. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
const GENERATED_LENGTH = 24;

/** Characters of a password that somebody chose. */
export const LEAST_LENGTH = 12;

export function generatePassword(): string {
  return Array.from(
    { length: GENERATED_LENGTH },
    () => ALPHABET[randomInt(ALPHABET.length)] ?? '',
  ).join('');
}

/**
 * Asks twice without echo; without a terminal, or with --json, reads standard input.
 * @throws UserError if there is none, the two differ, or the password is easy to guess
 */
export async function askPassword(context: Context, email: string, json: boolean): Promise<string> {
  const password =
    context.interactive && !json ? await askTwice(context, email) : await readPassword(context);
  const problem = problemOf(password, email);
  if (problem === undefined) return password;
  throw new UserError(
    `the password ${problem}; choose another one, or leave out --ask, which generates one`,
    'administrator-password-weak',
  );
}

async function askTwice(context: Context, email: string): Promise<string> {
  const password = await context.askSecret(`Password of ${email} (not shown)`);
  const again = await context.askSecret('The same again');
  if (password === again) return password;
  throw new UserError(
    'the two passwords differ, so nothing was changed; run the command again',
    'input-required',
  );
}

async function readPassword(context: Context): Promise<string> {
  const input = await context.readInput();
  // What `echo` and editors add.
  if (input !== undefined) return input.toString('utf8').replace(/\r?\n$/, '');
  throw new UserError(
    '--ask has no terminal to ask in; pipe the password in, or leave out --ask, which generates one',
    'input-required',
  );
}

function problemOf(password: string, email: string): string | undefined {
  if (/[\p{Cc}\p{Cs}\ufffd]/u.test(password)) {
    return 'holds a line break or another character that no login form takes';
  }
  if (password !== password.trim()) return 'begins or ends with white space';
  const { length } = [...password];
  if (length < LEAST_LENGTH) {
    return `has ${length} character${length === 1 ? '' : 's'}, fewer than ${LEAST_LENGTH}`;
  }
  if (password.toLowerCase() === email) return 'is the address itself';
  if (isWellKnown(password)) return 'is a well-known default';
  return undefined;
}
