import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemProblem } from '../../../src/cli/system-problem.ts';
import { UserError } from '../../../src/errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('what the system refuses names the place and the mend', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const below = systemProblem(thrownBy(() => mkdirSync(join(file, 'below'), { recursive: true })));
  expect(below).toBeInstanceOf(UserError);
  expect(below?.message).toBe(
    `${file}/below: expected a folder, found a file; move the file away, or use another path (ENOTDIR)`,
  );
  expect(systemProblem(thrownBy(() => writeFileSync(folder, '')))?.message).toBe(
    `${folder}: expected a file, found a folder; move the folder away, or use another path (EISDIR)`,
  );
});

test.each([
  ['EACCES', 'open', 'permission denied; change its permissions, or use another path'],
  [
    'EROFS',
    'open',
    'it is on a read-only file system; use another path, or mount the file system for writing',
  ],
  ['ENOSPC', 'write', 'no space is left on its disk; free some space, or use another path'],
  ['ENOENT', 'mkdir', 'the folder cannot be created; use another path, or create it'],
])('%s', (code, syscall, words) => {
  const error = Object.assign(new Error(code), { code, syscall, path: '/srv/state' });
  expect(systemProblem(error)?.message).toBe(`/srv/state: ${words} (${code})`);
});

test('what is missing, or has no place, stays unexpected', () => {
  expect(systemProblem(thrownBy(() => readFileSync('/no/such/file')))).toBeUndefined();
  expect(systemProblem(Object.assign(new Error('x'), { code: 'EACCES' }))).toBeUndefined();
  expect(systemProblem('a text')).toBeUndefined();
});
