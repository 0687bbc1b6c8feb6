import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCpuMillis, parseDurationSeconds, parseSizeBytes } from '../../src/units.ts';

describe('durations', () => {
  test.each([
    ['90s', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['90d', 7_776_000],
    ['0s', 0],
    ['007s', 7],
  ])('%s is %d seconds', (text, seconds) => expect(parseDurationSeconds(text)).toBe(seconds));

  test.each([
    '',
    '90',
    's',
    '1.5h',
    '-1s',
    '90 s',
    '1m30s',
    '90S',
    '1w',
    '1ms',
    ' 1s',
    '1s\n',
    '１s',
    '1e3s',
    '9999999999s',
  ])('%j is none', (text) => expect(parseDurationSeconds(text)).toBeUndefined());
});

describe('sizes', () => {
  test.each([
    ['1Ki', 1024],
    ['512Mi', 536_870_912],
    ['10Gi', 10_737_418_240],
    ['1Ti', 1_099_511_627_776],
  ])('%s is %d bytes', (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes));

  test.each([
    '',
    '512',
    '512M',
    '512MB',
    '512mi',
    '0.5Gi',
    '-1Mi',
    '1 Gi',
    'Gi',
    '1Pi',
    '1Gi\n',
    '9999999Mi',
  ])('%j is none', (text) => expect(parseSizeBytes(text)).toBeUndefined());

  test('every whole number of units is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8191 }), (count) => {
        expect(parseSizeBytes(`${count}Gi`)).toBe(count * 1024 ** 3);
      }),
    );
  });
});

describe('CPU shares', () => {
  test.each([
    ['500m', 500],
    ['0.5', 500],
    ['2', 2000],
    [2, 2000],
    [0.25, 250],
    ['0.001', 1],
    ['128', 128_000],
  ])('%j is %d thousandths', (value, millis) => expect(parseCpuMillis(value)).toBe(millis));

  test.each([
    '',
    '0',
    '0m',
    '0.0',
    '-1',
    '1.2345',
    '500M',
    '0.5m',
    '1,5',
    '1e2',
    'half',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    0,
  ])('%j is none', (value) => expect(parseCpuMillis(value)).toBeUndefined());
});
