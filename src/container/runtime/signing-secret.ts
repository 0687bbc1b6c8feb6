import { createHmac, timingSafeEqual } from 'node:crypto';

/** The algorithms that sign with a secret; a token that names another one is left alone. */
const HASHES = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);

/**
 * The one of `previous` that signed the token, else `current`. It only chooses: whether a token is
 * valid, its times and its algorithm included, the caller's library decides, with that secret.
 */
export function signingSecret(
  token: unknown,
  current: string,
  previous: readonly string[],
): string {
  const [header = '', payload = '', signature = ''] =
    typeof token === 'string' ? token.split('.', 3) : [];
  const hash = HASHES.get(algorithmOf(header));
  if (hash === undefined) return current;
  const found = Buffer.from(signature);
  const signs = (secret: string) => {
    const expected = createHmac(hash, secret).update(`${header}.${payload}`).digest('base64url');
    return expected.length === found.length && timingSafeEqual(Buffer.from(expected), found);
  };
  return previous.find(signs) ?? current;
}

function algorithmOf(header: string): string {
  try {
    return JSON.parse(Buffer.from(header, 'base64url').toString()).alg;
  } catch {
    return '';
  }
}
