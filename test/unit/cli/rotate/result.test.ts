import { describe, expect, test } from 'vitest';
import type { RotateOptions } from '../../../../src/cli/rotate/steps.ts';
import {
  printPlan,
  printResult,
  type RotationResult,
  reportNothing,
} from '../../../../src/cli/rotate/text.ts';
import { testContext } from '../../../support/unit/cli.ts';
import * as fixtures from '../../../support/unit/stack-files.ts';

const options = { stack: 'staging' } as RotateOptions;
const done: RotationResult = {
  outcome: { ok: true, resources: [], changed: [], errors: [], milliseconds: 1200, outputs: {} },
  proofs: [{ secret: 'jwt', ok: true, text: '2 of 2 replicas accept the new version' }],
  probe: { target: 'the edge', sent: 40, failures: [] },
};
const shown = {
  stackFile: fixtures.staging,
  steps: [{ name: 'jwt', from: 2, to: 3, resumed: false }],
  edits: [],
  found: { statuses: [], serving: [] },
};
type Status = Parameters<typeof reportNothing>[2]['statuses'][number];
const status = { name: 'stripeApiKey', source: 'config', due: true } as Status;

function result(changes: Partial<RotationResult>, more: Partial<RotateOptions> = {}) {
  const { context, written } = testContext();
  const code = printResult(
    context,
    { ...options, ...more },
    { ...shown, result: { ...done, ...changes } },
  );
  return { code, ...written };
}

describe('how a rotation ended', () => {
  test('proven, with every request answered', () => {
    expect(result({})).toEqual({
      code: 0,
      out:
        'ok      jwt: 2 of 2 replicas accept the new version\n' +
        'ok      requests: 0 of 40 to the edge failed during the rotation\n' +
        'jwt is rotated: version 2 -> 3\n',
      err: '',
    });
  });

  test('a proof that failed: not called rotated, and how to go on', () => {
    const { code, out, err } = result({
      proofs: [
        { secret: 'jwt', ok: false, text: '1 of 2 replicas accepts it' },
        { secret: 'jwt', ok: null, text: 'not tried: no replica serves' },
      ],
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^FAILED {2}jwt: 1 of 2 replicas accepts it\n- {7}jwt: not tried/);
    expect(out).not.toContain('is rotated');
    expect(err).toContain('not proven; see: medusa-infra logs backend -s staging');
  });

  test('requests that failed: the first five, and where to look', () => {
    const failures = ['1', '2', '3', '4', '5', '6'].map((second) => `${second}.0 s: 502`);
    const { code, out, err } = result({ probe: { ...done.probe, failures } });
    expect(code).toBe(1);
    expect(out).toContain('FAILED  requests: 6 of 40 to the edge failed during the rotation\n');
    expect(out).toContain('          5.0 s: 502\n');
    expect(out).not.toContain('6.0 s: 502');
    expect(err).toContain('requests failed; see: medusa-infra logs edge -s staging');
  });

  test('an edge that did not answer before was not watched', () => {
    const probe = { target: 'the edge', sent: 0, failures: [], unanswered: 'ECONNREFUSED' };
    expect(result({ probe }).out).toContain(
      '-       requests: not watched, because the edge did not answer before either (ECONNREFUSED)\n',
    );
  });

  test('an `up` that failed: no advice of the rotation, its own stands', () => {
    const outcome = { ...done.outcome, ok: false, errors: ['no space'] };
    expect(result({ outcome, proofs: [] })).toMatchObject({ code: 1, err: '' });
  });

  test('as JSON', () => {
    const { code, out } = result({}, { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      stack: 'staging',
      secrets: [{ name: 'jwt', from: 2, to: 3, resumed: false }],
      proofs: done.proofs,
      requests: done.probe,
      overdue: [],
    });
  });
});

describe('what a rotation would do', () => {
  const edits = [
    {
      file: 'stacks/base.yaml',
      before: 'secrets:\n  jwt: { version: 2 }\n',
      after: 'secrets:\n  jwt: { version: 3 }\n',
      alsoIn: ['prod'],
    },
  ];

  test('the edit, which stacks share it, what it means, and what is not known', () => {
    const { context, written } = testContext();
    printPlan(context, options, {
      ...shown,
      edits,
      steps: [{ name: 'jwt', to: 3, resumed: true }],
      found: { ...shown.found, unknown: 'no engine answers' },
    });
    expect(written.out).toContain('   2 - ');
    expect(written.out).toContain('prod extends stacks/base.yaml and takes the new version too');
    expect(written.out).toContain('jwt: version 3, finishing an interrupted rotation\n');
    expect(written.out).toMatch(/users see \(keep: 1\):/);
    expect(written.err).toBe('not known which versions run: no engine answers\n');
  });

  test('as JSON only when nothing is done', () => {
    const printed = (dryRun: boolean) => {
      const { context, written } = testContext();
      printPlan(context, { ...options, json: true, dryRun }, { ...shown, edits });
      return written.out;
    };
    expect(printed(false)).toBe('');
    expect(JSON.parse(printed(true))).toMatchObject({
      dryRun: true,
      edits: [{ alsoIn: ['prod'] }],
    });
  });
});

describe('nothing that a rotation could do', () => {
  const report = (statuses: Status[], json = false) => {
    const { context, written } = testContext();
    const code = reportNothing(context, { ...options, due: true, json }, { statuses, serving: [] });
    return { code, ...written };
  };

  test('nothing is due', () => {
    expect(report([])).toEqual({ code: 0, out: 'nothing is due\n', err: '' });
    expect(JSON.parse(report([], true).out)).toMatchObject({ ok: true, overdue: [] });
  });

  test.each([
    ['config', undefined],
    ['env', 'STRIPE_KEY'],
    ['command', 'pass'],
  ] as const)('a secret that comes from %s: only its source can change it', (source, from) => {
    const { code, out } = report([
      { ...status, source, ...(from ? { from } : {}) } as typeof status,
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(/^stripeApiKey is due; /);
    if (from) expect(out).toContain(from);
  });
});
