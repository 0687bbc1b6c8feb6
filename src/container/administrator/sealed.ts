import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { AdministratorRequest } from './request.ts';

/** Variable that holds a sealed request, in place of standard input, which a task does not have. */
export const SEALED_REQUEST = 'MEDUSA_INFRA_ADMINISTRATOR';

/** What the key comes from, which the task has too: long and random, so the sealed text is no way to guess it. */
export const SEALED_WITH = 'JWT_SECRET';

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The request as text that means nothing without the secret. */
export function seal(request: AdministratorRequest, secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(secret, salt), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(request)), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), text]).toString('base64');
}

/** undefined: it was sealed with another secret, or changed since. */
export function unseal(sealed: string, secret: string): AdministratorRequest | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  const take = (from: number, length?: number) =>
    bytes.subarray(from, length === undefined ? undefined : from + length);
  const salt = take(0, SALT_BYTES);
  const iv = take(SALT_BYTES, IV_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(secret, salt), iv);
  try {
    decipher.setAuthTag(take(SALT_BYTES + IV_BYTES, TAG_BYTES));
    const text = decipher.update(take(SALT_BYTES + IV_BYTES + TAG_BYTES));
    return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8'));
  } catch {
    return undefined;
  }
}

function keyOf(secret: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'medusa-infra administrator', 32));
}
