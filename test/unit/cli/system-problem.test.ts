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
    `${file}/below: a folder is needed where there is a file; move that away, or name another place (ENOTDIR)`,
  );
  expect(systemProblem(thrownBy(() => writeFileSync(folder, '')))?.message).toBe(
    `${folder}: a file is needed where there is a folder; move that away, or name another place (EISDIR)`,
  );
});

test.each([
  ['EACCES', 'open', 'this user may not use it; mend its permissions, or name another place'],
  [
    'EROFS',
    'open',
    'it is on a read-only file system; name another place, or mount that for writing',
  ],
  ['ENOSPC', 'write', 'there is no space left on its disk; free some, or name another place'],
  ['ENOENT', 'mkdir', 'it cannot be made; name another place, or make it'],
])('%s', (code, syscall, words) => {
  const error = Object.assign(new Error(code), { code, syscall, path: '/srv/state' });
  expect(systemProblem(error)?.message).toBe(`/srv/state: ${words} (${code})`);
});

test('what is missing, or has no place, stays unexpected', () => {
  expect(systemProblem(thrownBy(() => readFileSync('/no/such/file')))).toBeUndefined();
  expect(systemProblem(Object.assign(new Error('x'), { code: 'EACCES' }))).toBeUndefined();
  expect(systemProblem('a text')).toBeUndefined();
});
