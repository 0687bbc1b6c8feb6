import { createHash, createHmac, scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { scryptHash } from '../../../../src/cli/admin/hash.ts';

test('has the form that scrypt-kdf verifies', async () => {
  const hash = Buffer.from(await scryptHash('a long enough ünë'), 'base64');
  expect(hash).toHaveLength(96);
  expect(hash.subarray(0, 16).toString('hex')).toBe('736372797074000f0000000800000001');
  const salt = hash.subarray(16, 48);
  const checksum = createHash('sha256').update(hash.subarray(0, 48)).digest().subarray(0, 16);
  expect(hash.subarray(48, 64)).toEqual(checksum);
  const derived = scryptSync('a long enough ünë', salt, 64, { N: 32768, r: 8, maxmem: 1e8 });
  const signed = createHmac('sha256', derived.subarray(32)).update(hash.subarray(0, 64)).digest();
  expect(hash.subarray(64)).toEqual(signed);
});

test('has another salt each time', async () => {
  expect(await scryptHash('the same one')).not.toBe(await scryptHash('the same one'));
});
