import { describe, expect, test } from 'vitest';
import { roleConflict } from '../../../src/derive/login-roles.ts';

describe('versions that can follow those that replicas serve with', () => {
  test.each([
    { versions: [1], serving: [], what: 'a first release' },
    { versions: [2], serving: [2], what: 'the same' },
    { versions: [2], serving: [1, 1], what: 'the next' },
    { versions: [2, 1], serving: [1], what: 'the next, with the one before kept' },
    { versions: [3, 2], serving: [2], what: 'the next but one after a release' },
    { versions: [2], serving: [1, 2], what: 'a release that was interrupted, again' },
    { versions: [1], serving: [2], what: 'back to the one before' },
    { versions: [2], serving: [3], what: 'back without keep' },
    { versions: [4], serving: [1], what: 'a jump to the other role' },
  ])('$what: $versions after $serving', ({ versions, serving }) => {
    expect(roleConflict(versions, serving)).toBeUndefined();
  });
});

describe('versions that would lock out what is serving', () => {
  test.each([
    {
      versions: [3],
      serving: [1, 1],
      message:
        '3 would change the password of the role that running replicas (version 1) log in with, as two roles alternate; set version: 2 and run up, then go on from there',
    },
    {
      versions: [3, 2],
      serving: [2, 1],
      message:
        '3 would change the password of the role that running replicas (version 1 and 2) log in with, as two roles alternate; set version: 2 and run up, then go on from there',
    },
    {
      versions: [4, 3],
      serving: [1],
      message:
        '4 with keep: 1 would change the password of the role that running replicas (version 1) log in with, as two roles alternate; set version: 2 and run up, then go on from there',
    },
    {
      versions: [2, 1],
      serving: [3],
      message:
        '2 with keep: 1 would change the password of the role that running replicas (version 3) log in with, as two roles alternate; set keep: 0 to go back to version 2, or version: 4 for a new value',
    },
    {
      versions: [10],
      serving: [12],
      message:
        '10 would change the password of the role that running replicas (version 12) log in with, as two roles alternate; set version: 13 and run up, then go on from there',
    },
  ])('$versions after $serving', ({ versions, serving, message }) => {
    expect(roleConflict(versions, serving)).toEqual({
      path: ['secrets', 'database', 'version'],
      message,
      code: 'secret-version-in-use',
    });
  });
});
