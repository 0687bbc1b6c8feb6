import { expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { run } from '../../../toolchain/run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { script } from '../../support/unit/folder.ts';

test('gives standard output and hands on each line of both streams', async () => {
  const lines: string[] = [];
  const file = script(`${temporaryFolder()}/tool`, 'echo out; echo err >&2; echo "$MARK"');
  const output = await run(file, [], {
    env: { MARK: 'set' },
    onLine: (line) => lines.push(line),
  });
  expect(output).toBe('out\nset');
  expect(lines.sort()).toEqual(['err', 'out', 'set']);
});

test('a failure names the command, its end, its last lines and the hint', async () => {
  const file = script(`${temporaryFolder()}/tool`, 'seq 1 20; exit 3');
  await expect(run(file, ['a', 'b', 'c', 'd'], { hint: 'Fix it.' })).rejects.toThrow(
    new UserError(
      `${file} a b c ended with exit code 3\n${Array.from({ length: 15 }, (_, i) => `  ${i + 6}`).join('\n')}\nFix it.`,
      'command-failed',
    ),
  );
});

test('a command that hangs is ended and says so', async () => {
  const file = script(`${temporaryFolder()}/tool`, 'exec sleep 30');
  await expect(run(file, [], { timeoutMs: 200 })).rejects.toThrow(
    new UserError(`${file} did not end within 0.2 s`, 'command-failed'),
  );
});

test('a command that is not there is a UserError too', async () => {
  await expect(run('/nowhere/tool', [])).rejects.toThrow(UserError);
  await expect(run('/nowhere/tool', [])).rejects.toThrow(/ENOENT/);
});
