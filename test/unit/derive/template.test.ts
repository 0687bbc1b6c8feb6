import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Template } from '../../../src/derive/plan.ts';
import { describeTemplate, fillTemplate, secretsIn } from '../../../src/derive/template.ts';

const lookup = (name: string, version?: number) => `${name}${version ? `@${version}` : ''}"/é`;

describe('fillTemplate', () => {
  test('fills in secrets of the version asked for, encoded as asked', () => {
    const template: Template = [
      'a ',
      { secret: 'jwt' },
      ' ',
      { secret: 'jwt', version: 2 },
      ' ',
      { secret: 'jwt', encode: 'uri' },
      ' ["',
      { secret: 'jwt', encode: 'json' },
      '"]',
    ];
    expect(fillTemplate(template, lookup)).toBe('a jwt"/é jwt@2"/é jwt%22%2F%C3%A9 ["jwt\\"/é"]');
  });

  test('a digest is what `sha256sum` prints', () => {
    expect(fillTemplate([{ secret: 'redis', encode: 'sha256' }], () => 'abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  test('a list of any values is JSON that gives them back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = fillTemplate(['["', { secret: 'cookie', encode: 'json' }, '"]'], () => value);
        expect(JSON.parse(text)).toEqual([value]);
      }),
    );
  });

  test('a value is not read as a template or a pattern', () => {
    expect(fillTemplate(['a', { secret: 'x' }, 'b'], () => '$& $1 <secret y>')).toBe(
      'a$& $1 <secret y>b',
    );
  });

  test("adds the stack file's settings to a user's own URL, or takes a part of it", () => {
    const url = () => 'postgres://u:p%40@db.example.com/shop';
    expect(
      fillTemplate(
        [
          {
            secret: 'databaseUrl',
            transform: { kind: 'postgres-url', options: { searchPath: ['s'], ssl: 'require' } },
          },
        ],
        url,
      ),
    ).toBe('postgres://u:p%40@db.example.com/shop?options=-c%20search_path%3Ds&sslmode=require');
    expect(
      fillTemplate(
        [{ secret: 'databaseUrl', transform: { kind: 'postgres-part', part: 'password' } }],
        url,
      ),
    ).toBe('p@');
  });
});

test('describeTemplate shows names, never values', () => {
  expect(
    describeTemplate([
      'postgres://medusa_a:',
      { secret: 'database', encode: 'uri' },
      '@database ',
      { secret: 'redis', version: 2, encode: 'sha256' },
      ' ',
      {
        secret: 'url',
        transform: { kind: 'postgres-url', options: { searchPath: ['s'], ssl: 'off' } },
      },
      ' ',
      { secret: 'url', transform: { kind: 'postgres-part', part: 'host' } },
    ]),
  ).toBe(
    'postgres://medusa_a:<secret database>@database <secret redis v2 as sha256> <secret url with search_path and TLS mode> <secret url: its host>',
  );
});

test('secretsIn lists the secrets alone', () => {
  expect(secretsIn(['a', { secret: 'x' }, { secret: 'y', version: 1 }])).toEqual([
    { secret: 'x' },
    { secret: 'y', version: 1 },
  ]);
});
