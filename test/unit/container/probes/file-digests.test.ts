import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { runProbe } from '../../../support/unit/probe.ts';

test('prints the digest of each file in order, and an empty one for a file that it cannot read', async () => {
  const folder = temporaryFolder();
  const files = { JWT_SECRET: 'one\n', COOKIE_SECRET: 'zwei ü' };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const names = ['JWT_SECRET', 'MISSING', 'COOKIE_SECRET'];
  const { stdout } = await runProbe(
    'file-digests',
    names.map((name) => join(folder, name)),
  );
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(JSON.parse(stdout)).toEqual([digest('one\n'), '', digest('zwei ü')]);
});
