import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stackLabels } from '../../../src/derive/labels.ts';
import { objectNames, stackPrefix } from '../../../src/derive/names.ts';
import { draws } from '../../support/draws.ts';

test('the usual names are plain', () => {
  expect(stackPrefix('medusa-infra', 'dev')).toBe('medusa-infra-dev');
  expect(objectNames('medusa-infra-dev')).toEqual({
    network: 'medusa-infra-dev',
    dataNetwork: 'medusa-infra-dev-data',
    metadataNetwork: 'medusa-infra-dev-metadata',
    postgresContainer: 'medusa-infra-dev-database',
    postgresVolume: 'medusa-infra-dev-postgres-data',
    postgresSocketVolume: 'medusa-infra-dev-postgres-socket',
    redisVolume: 'medusa-infra-dev-redis-data',
    uploadsVolume: 'medusa-infra-dev-uploads',
    edgeVolume: 'medusa-infra-dev-edge-data',
    sqliteVolume: 'medusa-infra-dev-sqlite-data',
  });
});

test('names that would read alike get a digest', () => {
  expect(stackPrefix('a-b', 'c')).toBe('a-b-c');
  expect(stackPrefix('a', 'b-c')).toMatch(/^a-b-c--[0-9a-f]{10}$/);
  expect(stackPrefix('A', 'b')).toMatch(/^a-b--[0-9a-f]{10}$/);
  expect(stackPrefix('_', '_')).toMatch(/^stack--[0-9a-f]{10}$/);
});

test('two stacks never share a name of the same kind, and every name fits a DNS label', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'ab-'), minLength: 1, maxLength: 4 }),
    fc.stringMatching(/^[a-zA-Z0-9_.-]{1,100}$/),
    fc.constantFrom('postgres', 'data', 'postgres-data', 'redis', 'edge', 'socket', 'uploads'),
  );
  const pair = fc.tuple(part, part);
  fc.assert(
    fc.property(pair, pair, (one, other) => {
      fc.pre(one[0] !== other[0] || one[1] !== other[1]);
      const names = ([project, stack]: readonly [string, string]) => {
        const { network: _, ...rest } = objectNames(stackPrefix(project, stack));
        return Object.values(rest);
      };
      expect(stackPrefix(...one)).not.toBe(stackPrefix(...other));
      expect(new Set([...names(one), ...names(other)]).size).toBe(18);
      for (const name of names(one)) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
    }),
    { numRuns: draws(2000) },
  );
});

test('labels name project and stack as they are', () => {
  expect(stackLabels('Shop', 'pr-12')).toEqual({
    'medusa-infra.project': 'Shop',
    'medusa-infra.stack': 'pr-12',
  });
});
