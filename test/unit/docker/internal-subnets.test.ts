import { expect, test } from 'vitest';
import { chooseSubnets } from '../../../src/docker/internal-subnets.ts';

const found = (Name: string, Subnet?: string) => ({
  Name,
  IPAM: { Driver: 'default', Config: Subnet === undefined ? [] : [{ Subnet }] },
});
const names = ['shop-dev-data', 'shop-dev-metadata'];

test('a network has the same subnet on every engine', () => {
  expect(chooseSubnets(names, [])).toEqual({
    'shop-dev-data': '198.18.22.0/24',
    'shop-dev-metadata': '198.19.31.0/24',
  });
  expect(chooseSubnets(names, [found('host'), found('bridge', '172.17.0.0/16')])).toEqual(
    chooseSubnets(names, []),
  );
});

test('one that exists keeps its own, whatever it is', () => {
  expect(chooseSubnets(names, [found('shop-dev-data', '172.20.0.0/16')])).toMatchObject({
    'shop-dev-data': '172.20.0.0/16',
  });
});

test('a subnet that is in use is passed over, and the two never share one', () => {
  const { 'shop-dev-data': first = '' } = chooseSubnets(names, []);
  const { 'shop-dev-data': next, 'shop-dev-metadata': other } = chooseSubnets(names, [
    found('else', first),
  ]);
  expect(next).not.toBe(first);
  expect(next).not.toBe(other);
  const all = Array.from({ length: 511 }, (_, number) =>
    found(`n${number}`, `198.${18 + (number >> 8)}.${number & 255}.0/24`),
  );
  expect(chooseSubnets(['shop-dev-data'], all)).toEqual({ 'shop-dev-data': '198.19.255.0/24' });
});

test('where none is free the engine decides what to say', () => {
  const all = Array.from({ length: 512 }, (_, number) =>
    found(`n${number}`, `198.${18 + (number >> 8)}.${number & 255}.0/24`),
  );
  expect(chooseSubnets(['shop-dev-data'], all)['shop-dev-data']).toMatch(
    /^198\.1[89]\.\d+\.0\/24$/,
  );
});
