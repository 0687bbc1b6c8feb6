import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CommandOptions, runCommand } from '../../../../src/container/prepare/child.ts';

function run(command: readonly string[], changes: Partial<CommandOptions> = {}) {
  const lines: string[] = [];
  const options = {
    env: process.env,
    timeoutSeconds: 10,
    onLine: (line: string) => void lines.push(line),
    signal: new AbortController().signal,
    ...changes,
  };
  return runCommand(command, options).then((result) => ({ ...result, lines }));
}

/** Whether it runs: an ended process stays known until its parent has asked for it. */
const isAlive = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('running a command', () => {
  test('gives its exit code and its lines', async () => {
    expect(await run(['sh', '-c', 'echo one; echo two >&2; exit 3'])).toMatchObject({
      code: 3,
      endedBy: 'itself',
      lines: expect.arrayContaining(['one', 'two']),
    });
  });

  test('keeps the last 40 lines', async () => {
    const { tail } = await run([
      'sh',
      '-c',
      'i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo $i; done',
    ]);
    expect(tail).toEqual(Array.from({ length: 40 }, (_, index) => String(index + 11)));
  });

  test('ends at its limit with all that it started, even what ignores SIGTERM in between', async () => {
    const result = await run(['sh', '-c', 'sleep 100 & echo $!; wait'], { timeoutSeconds: 0.5 });
    expect(result).toMatchObject({ code: undefined, endedBy: 'time limit', signal: 'SIGTERM' });
    // The signal was sent; the kernel takes a moment.
    await expect.poll(() => isAlive(Number(result.lines[0]))).toBe(false);
  });

  test('does not wait for what it left running', async () => {
    const began = Date.now();
    const result = await run(['sh', '-c', 'sleep 100 & echo $!']);
    expect(result).toMatchObject({ code: 0, endedBy: 'itself' });
    expect(Date.now() - began).toBeLessThan(60_000);
    // The signal was sent; the kernel takes a moment.
    await expect.poll(() => isAlive(Number(result.lines[0]))).toBe(false);
  });

  test('ends when it is aborted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    expect(await run(['sleep', '100'], { signal: controller.signal })).toMatchObject({
      endedBy: 'abort',
      signal: 'SIGTERM',
    });
  });

  test('says when there is no such program', async () => {
    await expect(run(['no-such-program', 'x'])).rejects.toThrow(
      'cannot run "no-such-program x": there is no such program in the image',
    );
  });
});
