import { parse as parseLegacyUrl } from 'node:url';
import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { fillTemplate } from '../../../src/derive/template.ts';
import {
  encodeUriPart,
  postgresPart,
  postgresUrl,
  redisUrl,
  withPostgresOptions,
} from '../../../src/derive/url.ts';

/** Any text that PostgreSQL and an environment variable can hold. */
const text = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({
      unit: fc.constantFrom(...'aZ9 %:@/?#[]&=+;,!\'"()*\\$|^`{}<>~é漢😀\n\t'),
      minLength: 1,
    }),
  )
  .filter((value) => !value.includes('\0'));

/** Names that Node's driver can read from a URL: see `encodeDatabaseName`. */
const database = text.filter((name) => !/[/?#]/.test(name) && name !== '.' && name !== '..');

/** What node-postgres, the driver of both of Medusa's pools, makes of a URL. */
function asDriver(connectionString: string) {
  const { user, password, database, host, port } = new pg.Client({ connectionString });
  return { user, password, database, host, port };
}

describe('postgresUrl', () => {
  test('has the form that Medusa, psql and the drivers all read', () => {
    const url = postgresUrl({
      user: 'medusa_a',
      passwordSecret: 'database',
      host: 'database',
      port: 5432,
      database: 'medusa',
      searchPath: ['shop', 'extensions'],
      ssl: 'off',
    });
    expect(fillTemplate(url, (name) => `<${name}>`)).toBe(
      'postgres://medusa_a:%3Cdatabase%3E@database:5432/medusa?options=-c%20search_path%3Dshop%2Cextensions&sslmode=disable',
    );
  });

  test('survives any character in user, password, database and schema', () => {
    fc.assert(
      fc.property(text, text, database, text, (user, password, name, schema) => {
        const url = fillTemplate(
          postgresUrl({
            user,
            passwordSecret: 'database',
            host: 'database',
            port: 5432,
            database: name,
            searchPath: [schema, 'extensions'],
            ssl: 'off',
          }),
          () => password,
        );
        expect(asDriver(url)).toEqual({
          user,
          password,
          database: name,
          host: 'database',
          port: 5432,
        });
        const parsed = new URL(url);
        expect(decodeURIComponent(parsed.password)).toBe(password);
        expect([...parsed.searchParams.keys()]).toEqual(['options', 'sslmode']);
        expect(url).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });

  test('says the TLS mode and the CA once, in the words of libpq', () => {
    const query = (ssl: 'off' | 'require' | 'verify-full', caPath?: string) =>
      withPostgresOptions('postgres://u:p@db.example.com/shop', { searchPath: ['s'], ssl, caPath })
        .split('?')[1]
        ?.replace('options=-c%20search_path%3Ds', '');
    expect(query('off')).toBe('&sslmode=disable');
    expect(query('require')).toBe('&sslmode=require');
    expect(query('verify-full', '/etc/ca.pem')).toBe(
      '&sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem',
    );
  });
});

describe('withPostgresOptions', () => {
  const options = { searchPath: ['shop', 'extensions'], ssl: 'verify-full' } as const;

  test('keeps what the stack file does not decide', () => {
    expect(
      withPostgresOptions(
        'postgresql://u:p%40ss@db.example.com:6432/my%20shop?application_name=a%26b&ssl=true&options=-c%20statement_timeout%3D5s%20--search_path=other',
        options,
      ),
    ).toBe(
      'postgresql://u:p%40ss@db.example.com:6432/my%20shop?application_name=a%26b&options=-c%20statement_timeout%3D5s%20-c%20search_path%3Dshop%2Cextensions&sslmode=verify-full',
    );
  });

  test('leaves user, password and database as they were, and is the same when applied again', () => {
    fc.assert(
      fc.property(text, text, database, (user, password, name) => {
        const given = `postgres://${encodeUriPart(user)}:${encodeUriPart(password)}@db.example.com/${encodeURI(name.replaceAll(/\p{Surrogate}/gu, ''))}`;
        fc.pre(asDriver(given).database === name);
        const once = withPostgresOptions(given, options);
        const { host, ...rest } = asDriver(once);
        expect(host).toBe('db.example.com');
        expect(rest).toEqual({ user, password, database: name, port: 5432 });
        expect(withPostgresOptions(once, options)).toBe(once);
      }),
    );
  });

  test('mends a password whose @ is not encoded, as WHATWG parsers read it', () => {
    expect(asDriver(withPostgresOptions('postgres://u:p@ss@db.example.com/shop', options))).toEqual(
      {
        user: 'u',
        password: 'p@ss',
        database: 'shop',
        host: 'db.example.com',
        port: 5432,
      },
    );
  });
});

test('postgresPart gives what libpq wants in its variables', () => {
  const url = 'postgres://us%20er:p%2Fw%25@[::1]:6432/my%20shop?options=-c%20role%3Dx';
  const parts = ['host', 'port', 'user', 'password', 'database', 'options'] as const;
  expect(parts.map((part) => postgresPart(url, part))).toEqual([
    '::1',
    '6432',
    'us er',
    'p/w%',
    'my shop',
    '-c role=x',
  ]);
  expect(postgresPart('postgres://u@db/shop', 'port')).toBe('5432');
  expect(postgresPart('postgres://u@db/shop', 'password')).toBe('');
});

describe('redisUrl', () => {
  test('survives any character in the password', () => {
    fc.assert(
      fc.property(text, (password) => {
        const url = fillTemplate(
          redisUrl({
            user: 'medusa',
            passwordSecret: 'redis',
            host: 'redis',
            port: 6379,
            database: 3,
          }),
          () => password,
        );
        const parsed = new URL(url);
        expect(decodeURIComponent(parsed.password)).toBe(password);
        // ioredis reads the older parser's `auth`, cut at the first colon.
        const legacy = parseLegacyUrl(url, true, true);
        expect(legacy.auth).toBe(`medusa:${password}`);
        expect([legacy.hostname, legacy.port, legacy.pathname]).toEqual(['redis', '6379', '/3']);
      }),
    );
  });
});

test('encodeUriPart leaves unreserved characters alone and makes half a surrogate pair harmless', () => {
  expect(encodeUriPart("aZ09-._~ !'()*/é\ud800")).toBe(
    'aZ09-._~%20%21%27%28%29%2A%2F%C3%A9%EF%BF%BD',
  );
});
