import { expect, test } from 'vitest';
import { newUserId } from '../../../../src/cli/admin/user-id.ts';

test('begins with the time, in the order of time', () => {
  // Of the specification's own example.
  expect(newUserId(1469918176385)).toMatch(/^usr_01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
  expect(newUserId(1)).toMatch(/^usr_0000000001/);
});

test('differs each time', () => {
  expect(newUserId(1)).not.toBe(newUserId(1));
});
