import { runInContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { matchedStranger } from '../../../src/stack/rules/cors-pattern.ts';

test('a busy machine does not make a pattern slow', () => {
  const run = vi.fn(runInContext).mockImplementationOnce(() => {
    throw Object.assign(new Error('timed out'), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
  });
  const pattern = { source: String.raw`^https:\/\/shop\.example\.com$`, flags: '' };
  expect(matchedStranger(pattern, run)).toBeUndefined();
  expect(run).toHaveBeenCalledTimes(2);
});

test('a pattern that backtracks without bound is slow both times', () => {
  const run = vi.fn(runInContext);
  const pattern = { source: String.raw`^https:\/\/(a+)+$`, flags: '' };
  expect(matchedStranger(pattern, run)).toEqual({ kind: 'slow' });
  expect(run.mock.calls.map((call) => call[2])).toEqual([{ timeout: 250 }, { timeout: 2500 }]);
});

describe('a pattern on which a request can stop the backend', () => {
  test.each([
    String.raw`^https:\/\/([b-y]+)+$`,
    String.raw`^https:\/\/shop-([a-z]+)+\.example\.com$`,
    String.raw`^https:\/\/[a-z]+\.(\d+)+\.example\.com$`,
    String.raw`^https:\/\/([a-z0-9-]+-?)*\.example\.com$`,
    String.raw`(_+)+\.example\.com$`,
    String.raw`^https:\/\/(.*)*\.example\.com$`,
  ])('%s', (source) => {
    const run: typeof runInContext = (code, context) =>
      runInContext(code, context, { timeout: 250 });
    expect(matchedStranger({ source, flags: '' }, run)).toEqual({ kind: 'slow' });
  });

  test.each([
    String.raw`^https:\/\/(?:[a-z0-9-]+\.)*example\.com$`,
    String.raw`^https:\/\/.+\.shop\.example\.com$`,
    String.raw`^https:\/\/preview-\d+--[a-z]+\.example\.com$`,
    String.raw`^(https?:\/\/)?(.+\.)?example\.com(:\d+)?$`,
  ])('not %s', (source) => {
    expect(matchedStranger({ source, flags: 'i' })).toBeUndefined();
  });
});
