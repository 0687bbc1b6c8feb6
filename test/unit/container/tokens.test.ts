import { expect, test } from 'vitest';
import { signSessionCookie, signToken } from '../../../src/container/tokens.ts';

const secret = 'secret-of-the-tests ü';

// Expected values: made with the packages of backend/, jsonwebtoken 9.0.3 and cookie-signature 1.0.7
// of express-session 1.19.0. test/integration/runtime/jwt-overlap.test.ts has them verified in its image.
test('a token is what jsonwebtoken signs', () => {
  const token = signToken({ user_id: 'usr_probe', domain: 'admin' }, secret, {
    now: 1_700_000_000_999,
    expiresInSeconds: 90,
  });
  expect(token).toBe(
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.' +
      'eyJ1c2VyX2lkIjoidXNyX3Byb2JlIiwiZG9tYWluIjoiYWRtaW4iLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMDA5MH0.' +
      '2PKezLNA73HU2VUTQUjEot5hmb9q0tPsWqw-cuSVycc',
  );
});

test('a token lives as long as a request of a proof may take, unless its options say otherwise', () => {
  const before = Math.floor(Date.now() / 1000);
  const [, claims = ''] = signToken({}, secret).split('.');
  const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  expect(exp - iat).toBe(15);
  expect(iat - before).toBeOneOf([0, 1]);
});

test('a token that was issued in the past is still good for a request', () => {
  const now = 1_700_000_000_000;
  const [, claims = ''] = signToken({}, secret, { now, issuedAt: now - 86_400_000 }).split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    iat: 1_699_913_600,
    exp: 1_700_000_015,
  });
});

test("a session's cookie is what express-session signs", () => {
  expect(signSessionCookie('abc-DEF_123', secret)).toBe(
    's:abc-DEF_123.GQrPPYNQPhY3vJFD1xDRSbEh9f4NGX7pLNFs6qDhIRM',
  );
});
