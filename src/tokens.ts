import { createHmac } from 'node:crypto';

/**
 * Proofs that a secret is in use: what Medusa itself signs, made from outside. They need not name a
 * user who exists: `GET /admin/auth` answers 400 for one that does not, where it accepts the
 * signature, and 401 where it refuses it.
 */

export interface TokenOptions {
  /** Seconds until the token expires. @default 60 */
  readonly expiresInSeconds?: number;
  /** Milliseconds since 1970 that count as now. @default the clock's */
  readonly now?: number;
}

/** A JSON Web Token, HS256, with `iat` and `exp`, as Medusa's own `jsonwebtoken` signs it. */
export function signToken(
  payload: Readonly<Record<string, unknown>>,
  secret: string,
  { expiresInSeconds = 60, now = Date.now() }: TokenOptions = {},
): string {
  const issuedAt = Math.floor(now / 1000);
  const claims = { ...payload, iat: issuedAt, exp: issuedAt + expiresInSeconds };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/**
 * The value of a session's cookie (`connect.sid`), `s:<id>.<signature>`, as `express-session` signs
 * it. It can stand in a `Cookie` header as it is. Whether the session exists is for Redis to say.
 */
export function signSessionCookie(sessionId: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(sessionId).digest('base64');
  return `s:${sessionId}.${signature.replace(/=+$/, '')}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
