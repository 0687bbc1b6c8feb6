import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { duration, runLanes } from '../../../toolchain/progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('without a terminal a long task gives a sign of life every 30 seconds', async () => {
  const lines: string[] = [];
  const done = runLanes(
    [
      [
        {
          title: 'Pulumi',
          run: async (report) => {
            report('building');
            report('compiled 1 packages');
            await new Promise((resolve) => setTimeout(resolve, 70_000));
            return '3.250.0 built';
          },
        },
        { title: 'Plugin', run: async () => 'there' },
      ],
    ],
    { log: (line) => lines.push(line), terminal: false },
  );
  await vi.advanceTimersByTimeAsync(70_000);
  await done;
  expect(lines).toEqual([
    'Pulumi: building',
    'Pulumi: 30 s, compiled 1 packages',
    'Pulumi: 1 min 0 s, compiled 1 packages',
    'Pulumi: 3.250.0 built (1 min 10 s)',
    'Plugin: there (0 s)',
  ]);
});

test('a failing task ends the run and its sign of life', async () => {
  const lines: string[] = [];
  const failing = runLanes(
    [
      [
        {
          title: 'Pulumi',
          run: async () => {
            throw new Error('compiler');
          },
        },
        { title: 'Plugin', run: async () => 'there' },
      ],
    ],
    { log: (line) => lines.push(line), terminal: false },
  );
  await expect(failing).rejects.toThrow('compiler');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual([]);
});

test('lanes go on side by side; after a failure the tasks that run are awaited, and none is begun', async () => {
  const lines: string[] = [];
  const after = (milliseconds: number, result: () => string) => async () => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return result();
  };
  const failing = runLanes(
    [
      [
        { title: 'Pulumi', run: after(60_000, () => 'built') },
        { title: 'Plugin', run: after(0, () => 'never') },
      ],
      [
        { title: 'Engine', run: after(10_000, () => 'installed') },
        {
          title: 'Images',
          run: after(10_000, () => {
            throw new Error('no space');
          }),
        },
      ],
    ],
    { log: (line) => lines.push(line), terminal: false },
  );
  const refused = expect(failing).rejects.toThrow('no space');
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  expect(lines).toEqual([
    'Engine: installed (10 s)',
    'Pulumi: 30 s',
    'Pulumi: 1 min 0 s',
    'Pulumi: built (1 min 0 s)',
  ]);
});

test('durations are for people', () => {
  expect([duration(400), duration(59_400), duration(60_000), duration(312_000)]).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '5 min 12 s',
  ]);
});
