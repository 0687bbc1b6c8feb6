import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchStack } from '../../../bench/rotation/bench-stack.ts';
import { failureLines } from '../../../bench/rotation/table.ts';
import { broken, type Measured, underLoad } from '../../../bench/rotation/under-load.ts';

// The short form of `npm run bench -- rotation`: the same load and the same store, at a tenth of the
// rate, so that a slow machine keeps up. Sessions and tokens are opened before and during each change.
const rate = { rate: 20 };
let stack: BenchStack;

beforeAll(async () => {
  stack = await BenchStack.create();
  await stack.up();
});

afterAll(() => stack.close());

function report(measured: Measured): string {
  const { scenario, requests, logins, commandSeconds, p50, p99, slowest } = measured;
  const milliseconds = [p50, p99, slowest].map((value) => value.toFixed(0)).join(', ');
  return (
    `${scenario}: ${requests} requests and ${logins} logins in ${commandSeconds.toFixed(1)} s; ` +
    `p50, p99, slowest: ${milliseconds} ms`
  );
}

/** Both kinds of logins were in use, and nobody was turned away. */
function expectNobodyNoticed(measured: Measured): void {
  console.log([report(measured), ...failureLines(measured)].join('\n'));
  expect(broken(measured)).toEqual([]);
  expect(measured.requests).toBeGreaterThan(measured.commandSeconds * rate.rate);
  expect(measured.logins).toBeGreaterThan(16);
  expect(measured.writes.stored).toBe(measured.writes.asked);
  expect(measured.writes.stored).toBeGreaterThan(0);
}

describe('a store under load', () => {
  it('answers every request of a deploy, and everybody stays logged in', async () => {
    const before = await stack.replicas();
    const measured = await underLoad(
      stack,
      'a deploy with a changed variable',
      () => {
        stack.edit(['backend', 'env', 'GREETING'], 'good morning');
        return stack.up();
      },
      rate,
    );
    expectNobodyNoticed(measured);
    const after = await stack.replicas();
    expect(after).toHaveLength(2);
    for (const id of before) expect(after).not.toContain(id);
  });

  it('answers every request while all secrets rotate, and everybody stays logged in', async () => {
    const before = await stack.replicas();
    const measured = await underLoad(
      stack,
      'rotate --all',
      () => stack.run('rotate', '--all', '--yes'),
      rate,
    );
    expectNobodyNoticed(measured);
    for (const id of before) expect(await stack.replicas()).not.toContain(id);
  });
});
