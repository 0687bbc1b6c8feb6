import { expect, test } from 'vitest';
import {
  BOUNDED_POLICY,
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

test('what may be written on everything is limited to region and project, or has no resources at all', () => {
  const open = OPERATOR_POLICY.filter(({ resources }) => resources.includes('*')).map(
    ({ sid, conditions = {} }) => [sid, ...Object.values(conditions).flatMap(Object.keys)],
  );
  const ofNone = ['aws:RequestedRegion', 'aws:ResourceTag/medusa-infra.project'];
  const asked = ['aws:RequestedRegion', 'aws:RequestTag/medusa-infra.project'];
  expect(open).toEqual([
    ['RegistryLogin'],
    ['OldTaskDefinitions', ...ofNone],
    ['Read'],
    ['Network', ...ofNone],
    ['Certificate', ...ofNone],
    ['NewKey', ...asked],
    ['NewKeyTag', ...asked, 'aws:ResourceTag/medusa-infra.project', 'kms:ResourceAliases'],
  ]);
});

test('what has a tag is refused where it is the tag of another project', () => {
  const tag = 'aws:ResourceTag/medusa-infra.project';
  const untagged = OPERATOR_POLICY.filter(
    ({ conditions = {} }) => !Object.values(conditions).some((keys) => keys[tag] === 'PROJECT'),
  ).map(({ sid }) => sid);
  expect(untagged).toEqual([
    // By their exact names.
    ...['Roles', 'PassRoles', 'ServiceRoles'],
    // Without resources.
    'RegistryLogin',
    // Made by AWS, without tags.
    'ScalingAlarms',
    // Reads what is no secret.
    'Read',
    // By exact names.
    ...['Records', 'AccessLogs', 'OldAccessLogs'],
    // By RDS, without its value.
    'MasterSecret',
    // Of which nothing exists yet, and which has no tags itself.
    ...['NewKey', 'KeyAlias'],
  ]);
});

test.each([
  ['as they are', OPERATOR_POLICY],
  ['with a boundary', BOUNDED_POLICY],
])(
  'each policy is short enough for IAM, and together they are all statements: %s',
  (_, statements) => {
    const policies = operatorPolicies(statements) as { Statement: { Sid: string }[] }[];
    for (const policy of policies) {
      expect(JSON.stringify(policy).length).toBeLessThan(POLICY_LIMIT);
    }
    expect(policies.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid))).toEqual(
      statements.map(({ sid }) => sid),
    );
  },
);
