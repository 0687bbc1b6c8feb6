import { createHmac, timingSafeEqual } from 'node:crypto';

/** The algorithms that sign with a secret; a token that names another one is left alone. */
const HASHES: ReadonlyMap<unknown, string> = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);

const DAY = 86_400_000;
/**
 * Milliseconds for which Medusa v1's longest tokens live: bearer tokens of the admin API, and of the store API.
 * Source: `expiresIn` in api/routes/admin/auth/get-token.js and api/routes/store/auth/get-token.js.
 */
const ADMIN_LIFE = DAY;
export const LONGEST_LIFE = 30 * DAY;

/** Secrets that signed before, and that only verify now. */
export interface EarlierSecrets {
  /** Newest first. */
  readonly secrets: readonly string[];
  /** When the last of them ceased to sign, in milliseconds since 1970. @default not known: any time counts */
  readonly until?: number | undefined;
}

/**
 * The one of the earlier secrets that signed the token, else `current`. It only chooses: whether a token is
 * valid, its times and its algorithm included, the caller's library decides, with that secret.
 *
 * An earlier secret counts only for tokens that can be from its time: issued before it ceased to sign, and no older
 * than Medusa's live. So whoever has stolen it can sign nothing that still opens something a month later, and no
 * administrator a day later.
 */
export function signingSecret(
  token: unknown,
  current: string,
  { secrets, until = Number.POSITIVE_INFINITY }: EarlierSecrets,
): string {
  const [header = '', payload = '', signature = ''] =
    typeof token === 'string' ? token.split('.', 3) : [];
  const hash = HASHES.get(decoded(header)?.['alg']);
  if (hash === undefined) return current;
  const found = Buffer.from(signature);
  const signs = (secret: string) => {
    const expected = createHmac(hash, secret).update(`${header}.${payload}`).digest('base64url');
    return expected.length === found.length && timingSafeEqual(Buffer.from(expected), found);
  };
  const secret = secrets.find(signs);
  return secret !== undefined && isOfItsTime(decoded(payload), until) ? secret : current;
}

function isOfItsTime(claims: Claims | undefined, until: number): boolean {
  const issued = claims?.['iat'];
  if (typeof issued !== 'number') return false;
  const life = claims?.['domain'] === 'admin' ? ADMIN_LIFE : LONGEST_LIFE;
  return issued * 1000 <= until && Date.now() <= issued * 1000 + life;
}

type Claims = Readonly<Record<string, unknown>>;

function decoded(part: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) ?? undefined;
  } catch {
    return undefined;
  }
}
