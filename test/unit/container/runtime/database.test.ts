import fc from 'fast-check';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import {
  type DatabaseUrl,
  parseDatabaseUrl,
  withSearchPath,
} from '../../../../src/container/runtime/database.ts';
import { Wrong } from '../../../../src/container/runtime/field.ts';

function accepted(url: string): DatabaseUrl {
  const result = parseDatabaseUrl(url);
  if (result instanceof Wrong) throw new Error(result.messages.join('; '));
  return result;
}

const messages = (url: string) => (parseDatabaseUrl(url) as Wrong).messages;
const withPath = (path: string) =>
  accepted(`postgres://h/db?options=${encodeURIComponent(`-c search_path=${path}`)}`);

describe('database URLs', () => {
  test("keep any user and password through the driver's own reading", () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h:5432/medusa`;
        const { url: normal } = accepted(url);
        const driver = new Client({ connectionString: normal });
        expect([driver.user, driver.password, driver.database]).toEqual([user, password, 'medusa']);
      }),
    );
  });

  test('get a search_path that PostgreSQL and this runtime read back', () => {
    const schema = fc
      .string({ minLength: 1, maxLength: 15, unit: 'grapheme' })
      .filter((value) => value.trim() === value && !/\p{Cc}/u.test(value));
    fc.assert(
      fc.property(schema, (name) => {
        const url = withSearchPath('postgres://u:p@h/db?application_name=a%2Fb', name);
        expect(accepted(url).schema).toBe(name === '$user' ? undefined : name);
        expect(new URL(url).searchParams.get('application_name')).toBe('a/b');
        expect(url).not.toMatch(/[+ ]/);
      }),
      // White space that ends a line in JavaScript, but not for a `.` without the flag `s`.
      { examples: [['!\u2028!'], ['a\u2029b']] },
    );
  });

  test('keep options that are there when the search_path is added', () => {
    const url = withSearchPath('postgres://h/db?options=-c%20statement_timeout%3D5s', 'shop');
    expect(new URL(url).searchParams.get('options')).toBe(
      '-c statement_timeout=5s -c search_path=shop,extensions',
    );
  });

  test.each([
    ['shop', 'shop'],
    ['shop,public', 'shop'],
    ['Shop', 'shop'],
    ['"Shop",public', 'Shop'],
    ['"a""b"', 'a"b'],
    ['"my\\ shop",public', 'my shop'],
    ['"$user",public', undefined],
    ['', undefined],
  ])('search_path %j begins with %j', (path, schema) => {
    expect(withPath(path).schema).toBe(schema);
  });

  test('take the last search_path, in each form that PostgreSQL knows', () => {
    const options = encodeURIComponent('-c search_path=a -csearch_path=b --search_path=c');
    expect(accepted(`postgres://h/db?options=${options}`).schema).toBe('c');
  });

  test.each([
    [
      'nothing',
      [
        'not a URL such as postgres://user:password@host:5432/medusa (percent-encode special characters)',
      ],
    ],
    [
      'postgres://u:p%zz@h/db',
      [
        'not a URL such as postgres://user:password@host:5432/medusa (percent-encode special characters)',
      ],
    ],
    ['mysql://h/db', ['does not begin with postgres://']],
    ['postgres:///db', ['names no host']],
    ['postgres://h', ['names no database']],
    ['postgres://h/a/b', ['has a slash after the database name']],
    ['postgres://h/db#x', ['has an unencoded "#"; write it as %23']],
    [
      'postgres://h/db?sslmode=verify-full&sslrootcert=/nowhere',
      ['names an sslrootcert that cannot be read'],
    ],
  ])('%s is refused', (url, expected) => {
    expect(messages(url)).toEqual(expected);
  });

  test('may name the socket as host parameter', () => {
    expect(accepted('postgres:///db?host=/var/run/postgresql').url).toBe(
      'postgres:///db?host=%2Fvar%2Frun%2Fpostgresql',
    );
  });
});
