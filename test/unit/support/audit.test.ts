import { expect, test } from 'vitest';
import type { Kind } from '../../../scripts/docs/audit/finding.ts';
import { unexplained, unexplainedPolicies } from '../../support/audit/compare.ts';
import type { CheckResult } from '../../support/audit/tools.ts';

const kinds: readonly Kind[] = [
  {
    title: 'By choice',
    meaning: 'Off by default.',
    findings: [
      { check: 'flow_logs', severity: 'medium', rows: { production: 1 }, why: 'a key' },
      { check: 'acl', severity: 'low', rows: { production: 2, options: 2 }, why: 'the default' },
    ],
  },
];

const result = (
  id: string,
  severity: string,
  ...statuses: CheckResult['findings'][number]['status'][]
): CheckResult => ({
  id,
  severity,
  findings: statuses.map((status, at) => ({ status, says: `${id} ${at} ${status}` })),
});
const audit = (...checks: CheckResult[]) => ({ checks, unread: [] });

test('an audit that finds what is explained has nothing to say', () => {
  const flowLogs = result('flow_logs', 'medium', 'FAIL');
  const acl = result('acl', 'low', 'FAIL', 'PASS', 'FAIL');
  expect(unexplained(audit(flowLogs, acl), 'production', kinds)).toEqual([]);
  expect(unexplained(audit(acl), 'options', kinds)).toEqual([]);
});

test('a new failure, one more resource, another severity and a pass are reported', () => {
  const found = audit(
    result('acl', 'low', 'FAIL', 'FAIL', 'FAIL'),
    result('flow_logs', 'high', 'MANUAL'),
    result('public', 'critical', 'PASS', 'FAIL'),
  );
  expect(unexplained(found, 'production', kinds)).toEqual([
    'acl (low) fails 3 times, explained 2: acl 0 FAIL; acl 1 FAIL; acl 2 FAIL',
    'flow_logs (high) fails 1 times, explained 0: flow_logs 0 MANUAL',
    'flow_logs (medium) no longer fails: take it out of scripts/docs/audit',
    'public (critical) fails 1 times, explained 0: public 1 FAIL',
  ]);
});

test('what is found in policies is held in the same way', () => {
  const star = { policy: 'operator 1', issue: 'STAR', severity: 'low' } as const;
  const detail = '["kms:Decrypt"]';
  expect(
    unexplainedPolicies([{ ...star, detail }], [{ ...star, times: 1, why: 'reading' }]),
  ).toEqual([]);
  expect(unexplainedPolicies([{ ...star, policy: 'role task', detail }], [])).toEqual([
    'role task: STAR (low) fails 1 times, explained 0: ["kms:Decrypt"]',
  ]);
});
