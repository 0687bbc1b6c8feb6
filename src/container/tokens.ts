import { createHmac } from 'node:crypto';

/**
 * What Medusa itself signs, made from outside. Careful: Medusa looks at the signature and the domain
 * of a token, and at the kind of a session, never at whether the user exists. A token of the domain
 * `admin` is an administrator, whatever user it names.
 */

/** Seconds that one request of a proof may take, and what it asks with is good for. */
export const PROOF_SECONDS = 15;

export interface TokenOptions {
  /** Seconds until the token expires. @default PROOF_SECONDS */
  readonly expiresInSeconds?: number;
  /** Milliseconds since 1970 that count as now. @default the clock's */
  readonly now?: number;
  /** Milliseconds since 1970. @default now */
  readonly issuedAt?: number;
}

/** A JSON Web Token, HS256, with `iat` and `exp`, as Medusa's own `jsonwebtoken` signs it. */
export function signToken(
  payload: Readonly<Record<string, unknown>>,
  secret: string,
  { expiresInSeconds = PROOF_SECONDS, now = Date.now(), issuedAt = now }: TokenOptions = {},
): string {
  const [iat, exp] = [issuedAt, now + expiresInSeconds * 1000].map((at) => Math.floor(at / 1000));
  const claims = { ...payload, iat, exp };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/**
 * The value of a session's cookie (`connect.sid`), `s:<id>.<signature>`, as `express-session` signs
 * it. It can stand in a `Cookie` header as it is. Whether the session exists, only Redis knows.
 */
export function signSessionCookie(sessionId: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(sessionId).digest('base64');
  return `s:${sessionId}.${signature.replace(/=+$/, '')}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
