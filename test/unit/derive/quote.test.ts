import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { provisionScript } from '../../../src/derive/sql/provision.ts';
import {
  dollarQuote,
  quoteConnectionValue,
  quoteIdentifier,
  quoteLiteral,
  quoteMetaArgument,
} from '../../../src/derive/sql/quote.ts';
import { postgres } from '../../support/unit/stack-files.ts';

const text = fc
  .string({ unit: fc.constantFrom(...'aZ "\'\\$;:%\n\r{}é') })
  .filter((value) => !value.includes('\0'));

describe('quoting', () => {
  test('looks as PostgreSQL writes it', () => {
    expect(quoteIdentifier('a"B')).toBe('"a""B"');
    expect(quoteLiteral("it's")).toBe("'it''s'");
    expect(quoteLiteral("a\\'b")).toBe("E'a\\\\''b'");
    expect(dollarQuote('x')).toBe('$do$x$do$');
    expect(dollarQuote('$do$ $do1$')).toBe('$do2$$do$ $do1$$do2$');
    expect(quoteMetaArgument("a'b\\c\n")).toBe("'a\\'b\\\\c\\n'");
    expect(quoteConnectionValue("a'b\\")).toBe("'a\\'b\\\\'");
  });

  test('nothing ends a quotation early', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(quoteIdentifier(value)).toMatch(/^"(?:[^"]|"")*"$/);
        expect(quoteLiteral(value)).toMatch(/^(?:'(?:[^'\\]|'')*'|E'(?:[^'\\]|''|\\\\)*')$/);
        expect(quoteMetaArgument(value)).toMatch(/^'(?:[^'\\\n\r]|\\[\\'nr])*'$/);
        expect(quoteConnectionValue(value)).toMatch(/^'(?:[^'\\]|\\[\\'])*'$/);
        const [, tag = ''] = /^(\$do\d*\$)/.exec(dollarQuote(value)) ?? [];
        expect(dollarQuote(value).split(tag)).toEqual(['', value, '']);
      }),
    );
  });

  test('refuses what PostgreSQL cannot hold', () => {
    expect(() => quoteIdentifier('a\0')).toThrow('PostgreSQL text cannot hold a NUL character');
  });
});

test('the script changes with the names alone', () => {
  const script = (name: string) =>
    provisionScript({
      name,
      schema: 's',
      extensionsSchema: 'e',
      roles: [
        { name: `${name}_a`, password: { version: 1, file: '/run/secrets/P' } },
        { name: `${name}_b` },
      ],
      limits: { timeouts: postgres.limits, connections: 60 },
      lockTimeoutSeconds: 60,
    });
  expect(script('x').replaceAll('x', 'y')).toBe(script('y').replaceAll('x', 'y'));
  // Its login stays as it is: the release that serves may have it.
  expect(script('x')).toContain(`ALTER ROLE "x_b" NOSUPERUSER`);
});
