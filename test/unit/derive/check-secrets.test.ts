import { describe, expect, test } from 'vitest';
import { checkSuppliedSecrets } from '../../../src/derive/check-secrets.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import { formatProblem } from '../../../src/stack/problems.ts';
import { dev, external, options } from '../../support/unit/stack-files.ts';

const production = derivePlan(external, options);
const development = derivePlan(dev, options);

function problemsOf(...args: Parameters<typeof checkSuppliedSecrets>): string[] {
  const problems = checkSuppliedSecrets(...args);
  for (const { code } of problems) expect(code).toBe('secret-value-invalid');
  return problems.map(formatProblem);
}

describe('checkSuppliedSecrets', () => {
  test.each([
    ['', 'is empty'],
    [' \t\n', 'holds nothing but white space'],
    ['a\0b', 'holds a NUL character, which no variable can carry'],
    [
      'sk_live_1\n',
      'ends with a line break, which would be part of the value; set it again without (printf, not echo)',
    ],
    [' sk_live_1', 'begins or ends with white space; set it again without'],
  ])('refuses %j everywhere', (stripeApiKey, problem) => {
    for (const plan of [production, development]) {
      expect(problemsOf(plan, { stripeApiKey })).toEqual([`secrets.stripeApiKey: ${problem}`]);
    }
  });

  test('refuses well-known values outside development', () => {
    for (const value of ['supersecret', 'SECRET', 'changeme', 'password']) {
      expect(problemsOf(production, { stripeApiKey: value })).toEqual([
        'secrets.stripeApiKey: is a well-known default value; set a random one',
      ]);
      expect(problemsOf(development, { stripeApiKey: value })).toEqual([]);
    }
  });

  test('refuses short signing secrets outside development, and only those', () => {
    const values = { jwt: 'x'.repeat(31), cookie: 'y'.repeat(32), stripeApiKey: 'sk' };
    expect(problemsOf(production, values)).toEqual([
      'secrets.jwt: has 31 characters; a signing secret needs at least 32',
    ]);
    expect(problemsOf(development, values)).toEqual([]);
  });

  test('looks into the URLs of external servers', () => {
    expect(
      problemsOf(production, {
        databaseUrl: 'postgres://u:correct-horse@db.example.com?sslmode=disable',
        redisUrl: 'http://:correct-horse@cache.example.com',
        missing: undefined,
      }),
    ).toEqual([
      'secrets.databaseUrl: names no database; end it with /name, such as host:5432/medusa',
      'secrets.databaseUrl: has an sslmode that contradicts database.ssl: verify-full; remove sslmode from the URL',
      'secrets.redisUrl: does not begin with redis:// or rediss://; the form is redis://user:password@host:6379/0',
    ]);
    expect(
      problemsOf(production, {
        databaseUrl: 'postgres://postgres:postgres@db.example.com/shop',
        redisUrl: 'rediss://:changeme@cache.example.com',
      }),
    ).toEqual([
      'secrets.databaseUrl: has a well-known default password; set a random one on the server',
      'secrets.redisUrl: has a well-known default password; set a random one on the server',
    ]);
    expect(
      problemsOf(production, {
        databaseUrl: 'postgres://u:correct-horse@db.example.com/shop',
        redisUrl: 'rediss://:correct-horse@cache.example.com',
      }),
    ).toEqual([]);
  });
});
