import { expect, test } from 'vitest';
import { MemoryCounts } from '../../../../src/container/logins/memory-counts.ts';

const limit = { requests: 3, windowSeconds: 300 };
const start = 1_000_000;

test('a window begins with the first log-in, and ends whatever comes later', () => {
  const counts = new MemoryCounts(limit);
  const at = (seconds: number) => counts.count('a', start + seconds * 1000);
  expect([0, 10, 20, 30, 299.5].map(at)).toEqual([0, 0, 0, 270, 1]);
  expect([300, 301, 302, 303].map(at)).toEqual([0, 0, 0, 297]);
});

test('clients do not count for each other', () => {
  const counts = new MemoryCounts(limit);
  const tried = [...'aaaabaab'].map((client) => counts.count(client, start));
  expect(tried).toEqual([0, 0, 0, 300, 0, 300, 300, 0]);
});

test('strangers with many addresses push out the oldest, and what is over goes first', () => {
  const counts = new MemoryCounts({ requests: 1, windowSeconds: 300 });
  for (let client = 0; client < 10_000; client += 1) counts.count(`${client}`, start + client);
  expect(counts.count('1', start + 10_000)).toBe(291);
  counts.count('another', start + 10_000);
  expect(counts.count('0', start + 10_000)).toBe(0);
  expect(counts.count('9999', start + 10_000)).toBe(300);
  expect(counts.count('9999', start + 400_000)).toBe(0);
});
