import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { downloadNewerNode, findNewerNode, needsPathEntry } from '../../../toolchain/node.ts';
import { pins, platform } from '../../../toolchain/pins.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bareContext, script } from '../../support/unit/folder.ts';

const source = pins.node.packages[platform];

test('a package with other bytes than those that were pinned is refused and leaves nothing', async () => {
  const folder = temporaryFolder();
  // npm pack PACKAGE --json --pack-destination FOLDER
  script(
    path.join(folder, 'npm'),
    `printf other > "$5/node.tgz"; echo '[{"filename":"node.tgz"}]'`,
  );
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const context = bareContext(temporaryFolder());
  const lines: string[] = [];
  await expect(downloadNewerNode(context, (line) => lines.push(line))).rejects.toThrow(
    `${source?.name}@${source?.version}: expected integrity ${source?.integrity}, got sha512-${createHash('sha512').update('other').digest('base64')}`,
  );
  expect(lines).toEqual([`downloading ${source?.name}@${source?.version} from the npm registry`]);
  expect(findNewerNode(context)).toBeUndefined();
});

test('PATH is changed only where it leads to another node', () => {
  const folder = temporaryFolder();
  const node = script(path.join(folder, 'a', 'node'), '');
  mkdirSync(path.join(folder, 'b'));
  symlinkSync(node, path.join(folder, 'b', 'node'));
  expect(needsPathEntry(node, { PATH: path.join(folder, 'a') })).toBe(false);
  expect(needsPathEntry(node, { PATH: path.join(folder, 'b') })).toBe(false);
  expect(needsPathEntry(node, { PATH: folder })).toBe(true);
  const other = script(path.join(folder, 'c', 'node'), '');
  expect(needsPathEntry(node, { PATH: path.dirname(other) })).toBe(true);
});
