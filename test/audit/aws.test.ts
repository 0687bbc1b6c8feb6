import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditedStack } from '../../scripts/docs/audit/finding.ts';
import { POLICY_FINDINGS } from '../../scripts/docs/audit/policies.ts';
import { KINDS, LEAST_CHECKS } from '../../scripts/docs/audit/table.ts';
import { UNREAD } from '../../scripts/docs/audit/unread.ts';
import { AuditedAccount } from '../support/audit/account.ts';
import { unexplained, unexplainedPolicies } from '../support/audit/compare.ts';
import { type Audit, runParliament, runProwler } from '../support/audit/tools.ts';
import type { IamPolicy } from '../support/iam.ts';
import { rolePolicies } from '../support/moto/account.ts';
import { operatorPoliciesFor } from '../support/operator-policies.ts';

const stacks: readonly AuditedStack[] = ['production', 'options'];

describe.each(stacks)('the %s stack', (stack) => {
  let account: AuditedAccount;
  let audit: Audit;

  beforeAll(async () => {
    account = await AuditedAccount.start(stack);
    audit = await runProwler(account);
  });

  afterAll(async () => {
    await account?.stop();
  });

  test('fails no check but those that docs/aws-audit.md explains', () => {
    expect(unexplained(audit, stack, KINDS)).toEqual([]);
  });

  test('was looked at', () => {
    const looked = audit.checks.filter(({ findings }) => findings.length > 0);
    console.log(`${stack}: ${looked.length} of ${audit.checks.length} checks had something to see`);
    expect(looked.length).toBeGreaterThanOrEqual(LEAST_CHECKS[stack]);
  });

  test('could be read but for what docs/aws-audit.md lists', () => {
    const calls = UNREAD.filter(({ only = stack }) => only === stack).map(({ call }) => call);
    expect(audit.unread).toEqual(calls.sort());
  });

  test('has policies in which Parliament finds only what docs/aws-audit.md explains', async () => {
    const { moto, project, name, region, zone } = account;
    const operator = operatorPoliciesFor({ project, stack: name, region, zone });
    const roles = ['execution', 'task', ...(stack === 'options' ? ['flow-logs'] : [])];
    const policies: Record<string, IamPolicy> = Object.fromEntries(
      operator.map((policy, at) => [`operator ${at + 1}`, policy]),
    );
    for (const role of roles) {
      const [policy] = await rolePolicies(moto, `role/${name}-${role}-${region}`);
      if (policy) policies[`role ${role}`] = policy;
    }
    expect(unexplainedPolicies(await runParliament(policies), POLICY_FINDINGS)).toEqual([]);
  });
});
