import { describe, expect, test } from 'vitest';
import { failureLines, table, verdict } from '../../../bench/rotation/table.ts';
import { broken, type Measured } from '../../../bench/rotation/under-load.ts';

const rest: Measured = {
  scenario: 'at rest',
  commandSeconds: 30,
  seconds: 38,
  requests: 7600,
  rate: 200,
  failures: [],
  logins: 54,
  lostLogins: 0,
  p50: 12,
  p99: 40,
  slowest: 70.4,
  writes: { asked: 988, answered: 988, stored: 988 },
  connectionsOpened: 16,
};
const deploy: Measured = { ...rest, scenario: 'a deploy', p99: 180, slowest: 901 };
const failure = (path: string) => ({
  at: '2026-01-02T03:04:05.678Z',
  method: 'GET',
  path,
  reason: 'status 502',
  milliseconds: 17,
});

describe('the table of a bench', () => {
  test('puts the changes next to the rest', () => {
    expect(table([rest, deploy])).toMatchInlineSnapshot(`
      "| scenario | change, s | load, s | requests | req/s | failed | lost logins | writes | p50, ms | p99, ms | p99 to rest | slowest, ms |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | at rest |  | 38 | 7600 | 200.0 | 0 | 0 of 54 | 988 | 12 | 40 |  | 70 |
      | a deploy | 30 | 38 | 7600 | 200.0 | 0 | 0 of 54 | 988 | 12 | 180 | 4.5 × | 901 |"
    `);
    expect(verdict([rest, deploy])).toBe(
      'The promise is kept: 15200 requests, 0 failed, 0 lost logins.',
    );
  });

  test('names all that is broken, and where', () => {
    const wrong: Measured = {
      ...deploy,
      failures: [failure('/health')],
      lostLogins: 2,
      writes: { asked: 988, answered: 980, stored: 979 },
      problem: 'up exited 1\nedge: no',
    };
    expect(table([rest, wrong]).split('\n').at(-1)).toMatchInlineSnapshot(
      `"| a deploy (went wrong) | 30 | 38 | 7600 | 200.0 | 1 | 2 of 54 | 979 for 980 answered | 12 | 180 | 4.5 × | 901 |"`,
    );
    expect(verdict([rest, wrong])).toMatchInlineSnapshot(`
      "The promise is broken:
      - a deploy: up exited 1
        edge: no
      - a deploy: 1 of 7600 requests failed
      - a deploy: 2 of 54 logins were lost
      - a deploy: of 988 writes 980 were answered and 979 are stored"
    `);
  });

  test('counts the failed requests by reason, and shows the first of each', () => {
    const failures = [
      failure('/a'),
      failure('/b'),
      { ...failure('/c'), reason: 'ECONNRESET read ECONNRESET' },
      failure('/d'),
    ];
    expect(failureLines({ ...deploy, failures }, 2)).toEqual([
      'status 502: 3',
      '  2026-01-02T03:04:05.678Z GET /a after 17 ms',
      '  2026-01-02T03:04:05.678Z GET /b after 17 ms',
      '  ...',
      'ECONNRESET read ECONNRESET: 1',
      '  2026-01-02T03:04:05.678Z GET /c after 17 ms',
    ]);
  });
});

describe('the promise', () => {
  test('takes a write that failed for either there or not', () => {
    const writes = (stored: number) =>
      broken({ ...deploy, writes: { asked: 10, answered: 8, stored } });
    expect([8, 9, 10].map(writes)).toEqual([[], [], []]);
    expect(writes(7)).toEqual(['of 10 writes 8 were answered and 7 are stored']);
    expect(writes(11)).toEqual(['of 10 writes 8 were answered and 11 are stored']);
  });
});
