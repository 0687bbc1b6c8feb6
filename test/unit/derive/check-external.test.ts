import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkExternalPostgresUrl,
  checkExternalRedisUrl,
} from '../../../src/derive/check-external.ts';
import { withPostgresOptions } from '../../../src/derive/url.ts';
import { draws } from '../../support/draws.ts';

const options = { searchPath: ['shop', 'extensions'], ssl: 'verify-full' } as const;
const check = (url: string, ssl: 'off' | 'require' | 'verify-full' = 'verify-full') =>
  checkExternalPostgresUrl(url, { ...options, ssl });

describe('checkExternalPostgresUrl', () => {
  test.each([
    'postgres://u:p@db.example.com/shop',
    'postgresql://u:p%40%2F@db.example.com:6432/shop?sslmode=verify-full&application_name=x',
    'postgres://u:p@[2001:db8::1]/shop?ssl=true',
    'postgres://u@db.example.com/shop?options=-c%20statement_timeout%3D5s',
    'postgres://u@db.example.com/shop?options=-c%20search_path%3Dshop',
    'postgres://u@db.example.com/shop?options=-csearch_path%3D%22shop%22%2Cextensions',
  ])('accepts %s', (url) => {
    expect(check(url)).toEqual([]);
  });

  const PROTOCOL =
    'does not begin with postgres:// or postgresql://; the form is postgres://user:password@host:5432/name';
  const ENCODE =
    'percent-encode special characters in user, password and name (/ is %2F, # is %23)';
  const NO_URL = `is not a URL such as postgres://user:password@host:5432/name; ${ENCODE}`;
  const LOCALHOST =
    'names localhost, which in a container is the container itself; give an address that containers reach';
  const CONTRADICTS =
    'has an sslmode that contradicts database.ssl: verify-full; remove sslmode from the URL';

  test.each([
    ['mysql://u:p@db/shop', [PROTOCOL]],
    ['db.example.com', [PROTOCOL]],
    ['postgres:u:p@db/shop', [PROTOCOL]],
    ['postgres://u:p/w@db.example.com/shop', [NO_URL]],
    ['postgres://u:p%zz@db.example.com/shop', [NO_URL]],
    ['postgres://u:1#w@db.example.com/shop', [`has an unencoded # or ?; ${ENCODE}`]],
    ['postgres://u:1?w@db.example.com/shop', [`has an unencoded # or ?; ${ENCODE}`]],
    ['postgres:///shop', ['names no host', 'names no user']],
    [
      'postgres://u:p@one,two/shop',
      ['names more than one host; give the one address of the server or its proxy'],
    ],
    ['postgres://u:p@localhost:5432/shop', [LOCALHOST]],
    ['postgres://u:p@127.0.0.1:5432/shop', [LOCALHOST]],
    ['postgres://u:p@[::1]:5432/shop', [LOCALHOST]],
    [
      'postgres://u:p@db.example.com',
      ['names no database; end it with /name, such as host:5432/medusa'],
    ],
    [
      'postgres://u:p@db.example.com/',
      ['names no database; end it with /name, such as host:5432/medusa'],
    ],
    [
      'postgres://u:p@db.example.com/a/b',
      ["has a slash, ? or # in the name of the database, which Node's driver cannot read"],
    ],
    ['postgres://u:p@db.example.com/shop?sslmode=disable', [CONTRADICTS]],
    ['postgres://u:p@db.example.com/shop?sslmode=require', [CONTRADICTS]],
    [
      'postgres://u:p@db.example.com/shop?sslmode=no-verify',
      ['has sslmode=no-verify, which accepts any server; remove it and name the CA in database.ca'],
    ],
    [
      'postgres://u:p@db.example.com/shop?sslmode=verify-full&sslmode=disable',
      ['has sslmode more than once; keep one'],
    ],
    [
      'postgres://u:p@db.example.com/shop?ssl=0',
      ['has an ssl parameter that contradicts database.ssl: verify-full; remove ssl from the URL'],
    ],
    [
      'postgres://u:p@db.example.com/shop?sslrootcert=%2Fhome%2Fme%2Fca.pem&sslkey=k',
      [
        'has sslrootcert, a path that the container does not have; remove it and name the file in database.ca',
        'has sslkey, a path that the container does not have; remove it',
      ],
    ],
    [
      'postgres://u:p@db.example.com/shop?schema=other',
      ['has a parameter schema, which PostgreSQL ignores; remove it and set database.schema'],
    ],
    [
      'postgres://u:p@db.example.com/shop?host=other',
      ['has a parameter host, which not every client reads; put it before the "?"'],
    ],
    [
      'postgres://u:p@db.example.com/shop?options=-c%20search_path%3Dother',
      [
        'has a search_path that contradicts database.schema and database.extensionsSchema; remove it from options',
      ],
    ],
    [
      'postgres://u:p@db.example.com/shop?options=endpoint%3Dx',
      ['has options that are not made of -c name=value; write them so or remove them'],
    ],
    [
      'postgres://u:p@db.example.com/shop?options=-ca%3D1&options=-cb%3D2',
      ['has options more than once; keep one'],
    ],
  ])('refuses %s', (url, problems) => {
    expect(check(url)).toEqual(problems);
  });

  test('compares TLS with what the stack file says', () => {
    const url = 'postgres://u:p@db.example.com/shop?sslmode=disable';
    expect(check(url, 'off')).toEqual([]);
    expect(check(url, 'require')).toEqual([
      'has an sslmode that contradicts database.ssl: require; remove sslmode from the URL',
    ]);
    expect(check('postgres://u:p@db.example.com/shop?ssl=true', 'off')).toEqual([
      'has an ssl parameter that contradicts database.ssl: off; remove ssl from the URL',
    ]);
  });

  test('tells everything at once', () => {
    expect(check('postgres://localhost?sslmode=disable&schema=a')).toHaveLength(5);
  });

  test('never repeats a part of the value, and what it accepts can be filled in', () => {
    const part = fc.string({ unit: fc.constantFrom(...'Zq9:@/?#[]%&=+ '), maxLength: 12 });
    fc.assert(
      fc.property(part, part, part, part, (user, password, host, rest) => {
        const url = `postgres://Zq${user}:Zq${password}@Zq${host}/Zq${rest}`;
        const problems = check(url);
        for (const problem of problems) expect(problem).not.toMatch(/Zq/i);
        if (problems.length === 0) {
          const filled = withPostgresOptions(url, options);
          expect(new URL(filled).searchParams.get('sslmode')).toBe('verify-full');
          expect(check(filled)).toEqual([]);
        }
      }),
      { numRuns: draws(1000) },
    );
  });
});

describe('checkExternalRedisUrl', () => {
  test.each([
    'redis://cache.example.com',
    'redis://:p@cache.example.com:6379/',
    'rediss://user:p%2F@cache.example.com:6380/3',
    'redis://[2001:db8::1]:6379/0',
  ])('accepts %s', (url) => {
    expect(checkExternalRedisUrl(url)).toEqual([]);
  });

  test.each([
    [
      'http://cache.example.com',
      'does not begin with redis:// or rediss://; the form is redis://user:password@host:6379/0',
    ],
    ['redis://', 'names no host'],
    ['redis:///0', 'names no host'],
    ['redis://a,b:6379', 'names more than one host'],
    ['redis://localhost:6379', 'names localhost, which in a container is the container itself'],
    [
      'redis://cache.example.com/db',
      'ends with something other than a database number, such as /0',
    ],
    ['redis://user@cache.example.com', 'names a user without a password'],
    ['redis://cache.example.com/0?tls=true', 'has parameters after a "?"'],
    ['redis://:p#q@cache.example.com', 'is not a URL such as'],
  ])('refuses %s', (url, problem) => {
    expect(checkExternalRedisUrl(url).join('\n')).toContain(problem);
  });
});
