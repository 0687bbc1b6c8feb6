import { expect, test } from 'vitest';
import { isStrictTransport } from '../../../../src/derive/strict-transport.ts';
import { LOGIN_PATH } from '../../../../src/logins.ts';
import { awsPlan } from '../../../support/unit/aws-stacks.ts';

test('log-ins that the firewall counts', () => {
  const { waf } = awsPlan({ aws: 'edge: { zone: example.com, waf: true }' }).aws.edge;
  // Which ones these are: test/unit/logins.test.ts.
  expect(waf?.loginLimit).toEqual({ requests: 100, path: LOGIN_PATH });
});

test('browsers stay on https, as on docker: with TLS on 443 for a public host', () => {
  expect(awsPlan().aws.edge).toMatchObject({ port: 443, strictTransport: 'max-age=86400' });
  expect(isStrictTransport({ host: 'shop.example.com', port: 443 })).toBe(true);
  expect(isStrictTransport({ host: 'shop.example.com', port: 8443 })).toBe(false);
  expect(isStrictTransport({ host: 'localhost', port: 443 })).toBe(false);
});

test('the backend and its migrations run as the user of the file, or the image’s own', () => {
  const users = (text: string) =>
    [
      ...awsPlan({ aws: text }).aws.task.containers,
      ...awsPlan({ aws: text }).aws.prepare.containers,
    ].map(({ name, user }) => [name, user]);
  const sql = ['prepare-sql', 'postgres'];
  const as = (user?: string) =>
    [
      ['prepare-migrate', user],
      ['backend', user],
    ] as const;
  expect(users("backend: { user: '1000:1000' }")).toEqual([
    sql,
    ...as('1000:1000'),
    sql,
    ['prepare-migrate', '1000:1000'],
  ]);
  expect(users('')).toEqual([sql, ...as(), sql, ['prepare-migrate', undefined]]);
});
