import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCorsList } from '../../../../src/container/runtime/cors.ts';
import { Wrong } from '../../../../src/container/runtime/field.ts';
import { development, production, projectConfig } from '../../../support/unit/runtime-settings.ts';

/** Medusa 1.20's own reading of the list (medusa-core-utils, parse-cors-origins). */
function medusaOrigins(list: string): (string | RegExp)[] {
  if (!list) return [];
  return list.split(',').map((entry) => {
    const match = /^([/~@;%#'])(.*?)\1([gimsuy]*)$/.exec(entry);
    return match ? new RegExp(match[2] ?? '', match[3]) : entry;
  });
}

function allows(list: string | Wrong, origin: string): boolean {
  if (list instanceof Wrong) throw new Error(list.messages.join('; '));
  return medusaOrigins(list).some((entry) =>
    typeof entry === 'string' ? entry === origin : entry.test(origin),
  );
}

describe('CORS lists', () => {
  test.each([
    ['a space after the comma', 'https://a.example, https://b.example', 'https://b.example'],
    ['a trailing slash', 'https://a.example/', 'https://a.example'],
    ['an upper-case host', 'https://Shop.Example', 'https://shop.example'],
    ['the default port', 'https://a.example:443,http://b.example:80', 'http://b.example'],
    ['a trailing comma', 'https://a.example,', 'https://a.example'],
    ['a JSON list', '["https://a.example", "https://b.example/"]', 'https://b.example'],
    ['an app', 'capacitor://localhost', 'capacitor://localhost'],
    ['a pattern', '/https:\\/\\/.+\\.example\\.com$/', 'https://eu.example.com'],
  ])('%s matches', (_, text, origin) => {
    expect(allows(parseCorsList(text), origin)).toBe(true);
  });

  test('a pattern with the g flag matches every time, not every other time', () => {
    const entries = medusaOrigins(parseCorsList('/shop\\.example$/gi') as string);
    const tries = [1, 2, 3].map(() => (entries[0] as RegExp).test('https://SHOP.example'));
    expect(tries).toEqual([true, true, true]);
  });

  test("an empty list allows none; a missing one is Medusa's own in development, none otherwise", () => {
    expect(parseCorsList('')).toBe('');
    expect(projectConfig(production())).toMatchObject({ store_cors: '', admin_cors: '' });
    expect(projectConfig(development())).toMatchObject({
      store_cors: 'http://localhost:8000',
      admin_cors: 'http://localhost:7000,http://localhost:7001',
    });
    expect(projectConfig(development({ STORE_CORS: '' })).store_cors).toBe('');
  });

  test('names every entry that can never match, without its text', () => {
    const text = '["*", "shop.example", "https://a.example/path", "/a{1,2}/", "/(/", "/open"]';
    expect((parseCorsList(text) as Wrong).messages).toEqual([
      'entry 1 is "*", which never matches; list the origins, or a pattern such as /\\.shop\\.example$/',
      'entry 2 is not an origin such as https://shop.example.com',
      'entry 3 is more than an origin: keep scheme, host and port',
      'entry 4 is a pattern with a comma, at which Medusa splits the list',
      'entry 5 is not a valid regular expression',
      'entry 6 is a pattern that does not end with its delimiter: Medusa splits the list at every comma, so write one without a comma',
    ]);
    expect((parseCorsList('[1]') as Wrong).messages).toEqual(['not a JSON list of texts']);
  });

  test('is read by Medusa as the origins that went in', () => {
    const origin = fc
      .tuple(
        fc.constantFrom('http', 'https'),
        fc.domain(),
        fc.option(fc.integer({ min: 1, max: 65535 })),
      )
      .map(
        ([scheme, host, port]) => new URL(`${scheme}://${host}${port ? `:${port}` : ''}`).origin,
      );
    fc.assert(
      fc.property(
        fc.array(origin, { minLength: 1 }),
        fc.constantFrom(',', ', ', '/,'),
        (list, glue) => {
          expect(medusaOrigins(parseCorsList(list.join(glue)) as string)).toEqual(list);
        },
      ),
    );
  });
});
