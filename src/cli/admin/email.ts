import { z } from 'zod';
import { UserError } from '../../errors.ts';

/**
 * The address as Medusa keeps it, in lower case.
 * @throws UserError where Medusa's login would not take it for an address
 */
export function requireEmail(text: string): string {
  const parsed = z.email().max(254).safeParse(text.trim());
  if (parsed.success) return parsed.data.toLowerCase();
  throw new UserError(
    `${JSON.stringify(text)} is not an e-mail address such as you@example.com`,
    'email-invalid',
  );
}
