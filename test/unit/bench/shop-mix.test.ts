import { describe, expect, test } from 'vitest';
import { Logins } from '../../../bench/load/logins.ts';
import type { LoadRequest } from '../../../bench/load/request.ts';
import { interleave } from '../../../bench/load/shop-mix.ts';

describe('a mix', () => {
  test('has each kind as often as its share says, spread evenly', () => {
    expect(interleave({ read: 4, write: 2, login: 1 }).join(' ')).toMatchInlineSnapshot(
      `"read write read read write read login"`,
    );
  });
});

describe('logins', () => {
  const request: LoadRequest = {
    method: 'GET',
    path: '/admin/auth',
    headers: { 'x-forwarded-proto': 'https' },
    judge: ({ status }) => (status === 200 ? undefined : `status ${status}`),
  };
  const answer = (status: number) => ({ status, headers: {}, body: '' });

  test('take turns, and come with their own headers', () => {
    const logins = new Logins();
    for (const cookie of ['a=1', 'b=2']) logins.add({ kind: 'admin session', headers: { cookie } });
    const sent = [1, 2, 3].map(() => logins.as(logins.inTurn('admin session'), request).headers);
    expect(sent).toEqual(
      ['a=1', 'b=2', 'a=1'].map((cookie) => ({ 'x-forwarded-proto': 'https', cookie })),
    );
    expect(() => logins.inTurn('customer token')).toThrow('no customer token is open');
  });

  test('are lost by an answer 401, each once, and by no other answer', () => {
    const logins = new Logins();
    logins.add({ kind: 'admin token', headers: { authorization: 'Bearer x' } });
    const ask = () => logins.as(logins.inTurn('admin token'), request);
    expect(ask().judge(answer(200))).toBeUndefined();
    expect(ask().judge(answer(502))).toBe('status 502');
    expect(logins.lost).toBe(0);
    expect(ask().judge(answer(401))).toBe('status 401: the admin token is lost');
    expect(ask().judge(answer(401))).toBe('status 401: the admin token is lost');
    expect([logins.lost, logins.count]).toEqual([1, 1]);
  });
});
