import fc from 'fast-check';

const name = fc.constantFrom(
  'a',
  'b',
  'c',
  'target',
  'backend',
  'env',
  '__proto__',
  'constructor',
  'x-1',
);
const scalar = fc.oneof(
  fc.constantFrom<unknown>('docker', 'x', '', 0, 1, 1.5, true, false),
  fc.string({ maxLength: 8 }),
);

/** A nested map of small names, with null where `nulls` says so; plain data. */
export function plainMap(nulls = true): fc.Arbitrary<Record<string, unknown>> {
  const { map } = fc.letrec<{ map: Record<string, unknown>; value: unknown }>((tie) => ({
    map: fc.dictionary(
      name.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      ...(nulls ? [fc.constant(null)] : []),
      fc.array(scalar, { maxLength: 3 }),
      tie('map'),
    ),
  }));
  return map;
}

/** Values that a wrong stack file may hold anywhere. */
const wrong = fc.constantFrom<unknown>(
  'half',
  '',
  0,
  -1,
  1.5,
  70000,
  true,
  [],
  ['x'],
  [1],
  {},
  { a: 1 },
  { secret: 5 },
  null,
  'x'.repeat(70),
  '1Gi',
  '30s',
  '2',
);

/** A valid stack file in which a few values were replaced, removed or added. */
export function mutated(base: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const paths = pathsOf(base, []);
  const change = fc.record({
    path: fc.constantFrom(...paths),
    kind: fc.constantFrom('replace', 'remove', 'add', 'rename'),
    value: wrong,
    key: fc.constantFrom('replcas', 'extra', 'version', 'x', 'A'),
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy = structuredClone(base);
    for (const each of changes) apply(copy, each);
    return copy;
  });
}

type Change = { path: string[]; kind: string; value: unknown; key: string };

function apply(root: Record<string, unknown>, { path, kind, value, key }: Change): void {
  let parent: unknown = root;
  for (const step of path.slice(0, -1)) {
    if (!isMap(parent)) return;
    parent = parent[step];
  }
  const last = path.at(-1) ?? '';
  if (!isMap(parent) || !(last in parent)) return;
  if (kind === 'replace') parent[last] = value;
  else if (kind === 'remove') delete parent[last];
  else if (kind === 'rename') {
    parent[`${last}x`] = parent[last];
    delete parent[last];
  } else if (isMap(parent[last])) (parent[last] as Record<string, unknown>)[key] = value;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function pathsOf(map: Record<string, unknown>, path: string[]): string[][] {
  return Object.entries(map).flatMap(([key, value]) => [
    [...path, key],
    ...(isMap(value) ? pathsOf(value, [...path, key]) : []),
  ]);
}
