import { randomBytes } from 'node:crypto';

/** Crockford's base 32, in the order of its values. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/** An id as Medusa makes those of users: `usr_` and a ULID. Source: https://github.com/ulid/spec */
export function newUserId(now = Date.now()): string {
  const time = Array.from(
    { length: TIME_DIGITS },
    (_, index) => DIGITS[Math.floor(now / 32 ** (TIME_DIGITS - 1 - index)) % 32],
  );
  const random = [...randomBytes(RANDOM_DIGITS)].map((byte) => DIGITS[byte % 32]);
  return `usr_${[...time, ...random].join('')}`;
}
