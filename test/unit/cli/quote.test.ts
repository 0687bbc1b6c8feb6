import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dotenvLine, shellLine } from '../../../src/cli/quote.ts';
import { UserError } from '../../../src/errors.ts';
import { folderWith } from '../../support/unit/cli.ts';

const values = [
  '',
  'plain',
  'postgres://medusa_a:p%40ss@database:5432/medusa?options=-c%20search_path%3Dshop',
  "it's",
  'say "x"',
  '{"a":"it\'s"}',
  'back`tick',
  '$HOME $(date) `date` ${PATH}',
  'a # no comment',
  ' blanks around ',
  'back\\slash \\n stays',
  'two\nlines',
  'ünïcødé 🛒',
  '=equals=',
];

describe('dotenv', () => {
  test.each([
    ['PORT', '9000', 'PORT=9000'],
    ['A', 'it is', "A='it is'"],
    ['A', "it's", "A=`it's`"],
    ['A', "it's `x`", 'A="it\'s `x`"'],
    ['A', '$HOME', "A='$HOME'"],
    ['A', '', 'A='],
  ])('%s of %j is %j', (name, value, line) => {
    expect(dotenvLine(name, value)).toBe(line);
  });

  test('node --env-file reads every value back', () => {
    const folder = folderWith({});
    const file = join(folder, '.env');
    writeFileSync(
      file,
      values.map((value, index) => `${dotenvLine(`V${index}`, value)}\n`).join(''),
    );
    const script =
      'console.log(JSON.stringify(Object.entries(process.env).filter(([n]) => /^V\\d/.test(n))))';
    const output = execFileSync(process.execPath, [`--env-file=${file}`, '-e', script], {
      encoding: 'utf8',
      env: {},
    });
    expect(Object.fromEntries(JSON.parse(output) as [string, string][])).toEqual(
      Object.fromEntries(values.map((value, index) => [`V${index}`, value])),
    );
  });

  test('any value is either read back or refused by name, without the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab \'"`\\n\n#$={}é') }), (value) => {
        let line: string;
        try {
          line = dotenvLine('NAME', value);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as Error).message).toBe(
            'NAME: the value contains all three kinds of quotes, which no .env file can hold; use --format shell or --format json',
          );
          return;
        }
        expect(parseEnv(`A=1\n${line}\nZ=2`)).toEqual({ A: '1', NAME: value, Z: '2' });
      }),
    );
  });
});

describe('shell', () => {
  test('quotes end, escape and begin again', () => {
    expect(shellLine('A', "it's")).toBe("export A='it'\\''s'");
  });

  test('a real sh reads every value back', () => {
    const script = [
      ...values.map((value, index) => shellLine(`V${index}`, value)),
      ...values.map((_, index) => `printf '%s\\0' "$V${index}"`),
    ].join('\n');
    const output = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} });
    expect(output.split('\0').slice(0, -1)).toEqual(values);
  });
});
