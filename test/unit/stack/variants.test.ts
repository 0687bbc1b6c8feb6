import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { mergeTrees } from '../../../src/stack/merge.ts';
import { toPlain } from '../../../src/stack/plain.ts';
import { parseTree } from '../../../src/stack/read.ts';
import { metaOf, objectsIn, schemasIn } from '../../../src/stack/schema-walk.ts';
import { stackSchema } from '../../../src/stack/sections/root.ts';
import type { MapTree } from '../../../src/stack/tree.ts';

const tree = (value: object) => parseTree(stringify(value), 'a.yaml').tree as MapTree;
const merged = (base: object, over: object) =>
  toPlain(mergeTrees(tree(base), tree(over), stackSchema), () => false);

const server = { version: 17, storage: '10Gi', schema: 'shop', logging: 'all' };
const externalServer = { external: { url: { secret: 'url' } } };

test.each([
  ['sqlite', { type: 'sqlite' }, { logging: 'all', type: 'sqlite' }],
  ['an external server', externalServer, { schema: 'shop', logging: 'all', ...externalServer }],
  ['no variant', { schema: 'shop2' }, { ...server, schema: 'shop2' }],
])('%s keeps of the extended database what it has itself', (_, over, expected) => {
  expect(merged({ database: server }, { database: over })).toEqual({ database: expected });
});

test('a key of the own server drops an external one, what happens to its data does not, and the first variant of several counts', () => {
  expect(merged({ redis: externalServer }, { redis: { memory: '1Gi' } })).toEqual({
    redis: { memory: '1Gi' },
  });
  const database = { ...externalServer, onDestroy: 'delete' };
  expect(merged({ database: externalServer }, { database: { onDestroy: 'delete' } })).toEqual({
    database,
  });
  const secrets = { stripe: { from: 'config', keep: 1 } };
  expect(merged({ secrets: { stripe: { length: 32, version: 2 } } }, { secrets })).toEqual({
    secrets,
  });
});

test('every variant of a key is in the list of its section, and every one of the list has a key', () => {
  for (const { path, schema } of schemasIn(stackSchema)) {
    const keys = objectsIn(schema).flatMap(({ shape }) => Object.values(shape));
    const named = new Set(keys.flatMap((key) => metaOf(key).variant ?? []));
    // An alternative of a union: the list stands at the union.
    const { variants = [] } = metaOf(
      path.length === 1 ? (stackSchema.shape as never)[path[0] as never] : schema,
    );
    expect(
      [...named].filter((name) => !variants.includes(name)),
      path.join('.'),
    ).toEqual([]);
    if (metaOf(schema).variants) expect([...named].sort()).toEqual([...variants].sort());
  }
});
