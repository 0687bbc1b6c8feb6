import { expect, test } from 'vitest';
import {
  OPERATOR_POLICY,
  operatorPolicies,
  POLICY_LIMIT,
} from '../../../../../scripts/docs/operator/policy.ts';

test('every statement says why, and is named once', () => {
  const sids = OPERATOR_POLICY.map(({ sid }) => sid);
  expect(new Set(sids).size).toBe(sids.length);
  for (const { reason, actions } of OPERATOR_POLICY) {
    expect(reason).toMatch(/\.$/);
    expect(actions.length).toBeGreaterThan(0);
  }
});

test('no statement allows everything of a service; what is read by a wildcard is read alone', () => {
  for (const action of OPERATOR_POLICY.flatMap(({ actions }) => actions)) {
    expect(action).toMatch(/^[a-z0-9-]+:([A-Z][A-Za-z0-9]+|(Describe|List|GetBucket)\*)$/);
  }
});

test('what may be written on everything is limited to the region, or has no resources at all', () => {
  const open = OPERATOR_POLICY.filter(({ resources }) => resources.includes('*')).map(
    ({ sid, conditions }) => [sid, conditions === undefined ? 'open' : 'region'],
  );
  expect(open).toEqual([
    ['RegistryLogin', 'open'],
    ['OldTaskDefinitions', 'region'],
    ['Read', 'open'],
    ['Network', 'region'],
    ['Certificate', 'region'],
    ['Key', 'region'],
  ]);
});

test('each policy is short enough for IAM, and together they are all statements', () => {
  const policies = operatorPolicies() as { Statement: { Sid: string }[] }[];
  for (const policy of policies) {
    expect(JSON.stringify(policy).length).toBeLessThan(POLICY_LIMIT);
  }
  expect(policies.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid))).toEqual(
    OPERATOR_POLICY.map(({ sid }) => sid),
  );
});
