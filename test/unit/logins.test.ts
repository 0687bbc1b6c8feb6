import { expect, test } from 'vitest';
import { LOGIN_PATH } from '../../src/logins.ts';

const path = new RegExp(LOGIN_PATH);

test.each([
  '/admin/auth',
  '/admin/auth/',
  '/admin/auth/token',
  '/store/auth',
  '/store/auth/token',
  '/store//auth//token//',
  '/admin/users/password-token',
  '/admin/users/reset-password',
  '/store/customers/password-token',
  '/store/customers/password-reset',
  '/auth/user/emailpass',
  '/auth/customer/emailpass/register',
  '/auth/customer/emailpass/reset-password',
  '/auth/customer/emailpass/update',
])('%s is a log-in', (login) => {
  expect(login).toMatch(path);
});

test.each([
  '/',
  '/health',
  '/store/authors',
  '/store/auth/a@example.com',
  '/x/store/auth',
  '/admin/products',
  '/admin/users',
  '/admin/users/usr_1',
  '/store/customers',
  '/store/customers/me',
  '/auth/session',
  '/auth/user/github/callback',
])('%s is none', (other) => {
  expect(other).not.toMatch(path);
});

test('AWS takes patterns of up to 512 characters, without look-around', () => {
  expect(LOGIN_PATH.length).toBeLessThanOrEqual(512);
  expect(LOGIN_PATH).not.toMatch(/\(\?/);
});
