import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { FileEdit } from '../../stack/change-secrets.ts';

/**
 * Writes edited files: each appears whole or not at all, with its mode kept and links followed.
 * @throws UserError if a file has changed since it was read; nothing is written then
 */
export function writeEdits(edits: readonly FileEdit[]): void {
  for (const { file, before } of edits) {
    if (readFileSync(file, 'utf8') !== before) {
      throw new UserError(
        `${file} changed in the meantime, so nothing was written; run the command again`,
        'file-changed',
      );
    }
  }
  for (const { file, after } of edits) replaceFile(file, after);
}

function replaceFile(file: string, text: string): void {
  const target = realpathSync(file);
  const suffix = `${process.pid}.${randomBytes(4).toString('hex')}`;
  // Its name is not that of a stack file, so after a crash here `check` does not read it.
  const temporary = join(dirname(target), `.${basename(target)}.${suffix}`);
  const { mode } = statSync(target);
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode });
    chmodSync(temporary, mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
