import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { mergeTrees, withoutRemoved } from '../../../src/stack/merge.ts';
import { toPlain } from '../../../src/stack/plain.ts';
import { parseTree } from '../../../src/stack/read.ts';
import type { MapTree } from '../../../src/stack/tree.ts';
import { draws } from '../../support/draws.ts';
import { plainMap } from '../../support/unit/arbitrary-stack.ts';

function tree(value: Record<string, unknown>, file = 'a.yaml'): MapTree {
  const parsed = parseTree(stringify({ y: value }), file);
  const inner = parsed.tree?.entries.get('y')?.value;
  if (inner?.kind !== 'map') throw new Error(`no map: ${JSON.stringify(value)}`);
  return inner;
}

// Below a key of its own, so that root keys that begin with x- take part too.
const plain = (merged: MapTree) =>
  JSON.parse(JSON.stringify(toPlain(withoutRemoved(merged), () => false, ['y'])));
const merge = (...values: Record<string, unknown>[]) =>
  plain(values.map((value) => tree(value)).reduce((base, over) => mergeTrees(base, over)));

/** The rule of the design in its shortest form, to compare with. */
function expected(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null && Object.hasOwn(base, key)) delete result[key];
    else result[key] = Object.hasOwn(base, key) ? expected(base[key], value) : value;
  }
  return result;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('merging', () => {
  test('maps merge, lists and scalars replace, null removes', () => {
    fc.assert(
      fc.property(plainMap(), plainMap(), (base, over) => {
        expect(merge(base, over)).toEqual(expected(base, over));
      }),
      { numRuns: draws(300) },
    );
  });

  test('an empty file changes nothing, and a file over itself neither', () => {
    fc.assert(
      fc.property(plainMap(false), (value) => {
        expect(merge({}, value)).toEqual(value);
        expect(merge(value, {})).toEqual(value);
        expect(merge(value, value)).toEqual(value);
      }),
    );
  });

  test('three files give the same from either side, where no value changes its kind', () => {
    // Leaves at fixed depth, so that maps meet maps alone; null has nothing to say here.
    const leaves = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.integer(), fc.array(fc.integer())),
      {
        noNullPrototype: true,
      },
    );
    const level = fc.dictionary(fc.constantFrom('p', 'q'), leaves, { noNullPrototype: true });
    fc.assert(
      fc.property(level, level, level, (a, b, c) => {
        const left = mergeTrees(mergeTrees(tree(a), tree(b)), tree(c));
        const right = mergeTrees(tree(a), mergeTrees(tree(b), tree(c)));
        expect(plain(left)).toEqual(plain(right));
      }),
    );
  });

  test('what null takes away can be set again by a nearer file', () => {
    expect(merge({ a: { b: 1 } }, { a: null }, { a: { c: 2 } })).toEqual({ a: { c: 2 } });
    expect(merge({ a: 1 }, { a: null }, { a: null })).toEqual({});
  });

  test('a null that removes nothing stays, to be judged by the schema', () => {
    expect(merge({}, { a: null })).toEqual({ a: null });
  });

  test('each value keeps the place of its own file', () => {
    const base = tree({ a: { b: 1, c: 2 } }, 'base.yaml');
    const over = tree({ a: { b: 3 } }, 'dev.yaml');
    const merged = mergeTrees(base, over).entries.get('a')?.value;
    if (merged?.kind !== 'map') throw new Error('no map');
    expect(merged.entries.get('b')?.value.place.file).toBe('dev.yaml');
    expect(merged.entries.get('c')?.value.place.file).toBe('base.yaml');
  });

  test('keys of a prototype are keys like any other, and pollute nothing', () => {
    for (const key of ['constructor', 'toString', 'hasOwnProperty', 'prototype']) {
      expect(merge({ [key]: { a: 1 } }, { [key]: { b: 2 } })).toEqual({ [key]: { a: 1, b: 2 } });
    }
    const text = 'y:\n  __proto__: { polluted: true }\n  a: 1\n';
    const { tree: parsed, issues } = parseTree(text, 'a.yaml');
    expect(issues.map(({ message }) => message)).toEqual(['a key other than __proto__; rename it']);
    expect(JSON.stringify(toPlain(parsed as MapTree, () => false))).toBe('{"y":{"a":1}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
