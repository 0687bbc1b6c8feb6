import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  baseContainerArgs,
  environmentList,
  goDuration,
  tmpfsOptions,
} from '../../../../../infra/components/docker/container-args.ts';

describe('durations are written as the engine writes them back', () => {
  test.each([
    [0, '0s'],
    [45, '45s'],
    [60, '1m0s'],
    [120, '2m0s'],
    [3600, '1h0m0s'],
    [3725, '1h2m5s'],
  ])('%i seconds', (seconds, text) => expect(goDuration(seconds)).toBe(text));

  test('reading it back gives the same seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seconds) => {
        const [, h = '0', m = '0', s = '0'] =
          /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/.exec(goDuration(seconds)) ?? [];
        expect(Number(h) * 3600 + Number(m) * 60 + Number(s)).toBe(seconds);
        expect(Number(s)).toBeLessThan(60);
      }),
    );
  });
});

test('shares of a CPU become microseconds of a period; memory is rounded up and has no swap', () => {
  const args = baseContainerArgs({
    labels: { b: '2', a: '1' },
    component: 'redis',
    limits: { cpuMillis: 50, memoryBytes: 256 * 1024 * 1024 + 1, pidsLimit: 64 },
  });
  expect(args).toEqual({
    labels: [
      { label: 'a', value: '1' },
      { label: 'b', value: '2' },
      { label: 'medusa-infra.component', value: 'redis' },
    ],
    cpuPeriod: 100_000,
    cpuQuota: 5_000,
    memory: 257,
    memorySwap: 257,
    securityOpts: ['no-new-privileges'],
    logDriver: 'json-file',
    logOpts: { 'max-size': '10m', 'max-file': '3' },
  });
});

test('the environment has its own order, whatever the plan’s', () => {
  expect(environmentList({ B: 'x=y', A: '', a: '1' })).toEqual(['A=', 'B=x=y', 'a=1']);
});

test('a tmpfs has a size and runs nothing', () => {
  expect(tmpfsOptions(1024)).toBe('rw,nosuid,nodev,noexec,mode=1777,size=1024');
});
