import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { POLICY_FINDINGS } from '../../../../scripts/docs/audit/policies.ts';
import { KINDS } from '../../../../scripts/docs/audit/table.ts';
import { UNREAD } from '../../../../scripts/docs/audit/unread.ts';
import { render } from '../../../../scripts/docs/aws-audit.ts';

const findings = KINDS.flatMap((kind) => kind.findings);

/** Those of a list that it has more than once: of these only the last would count. */
const repeated = (all: readonly string[]) => all.filter((one, at) => all.indexOf(one) !== at);

test('each check has one reason for each stack, as each problem of a policy', () => {
  const rows = findings.flatMap(({ check, rows }) =>
    Object.keys(rows).map((stack) => `${check} ${stack}`),
  );
  expect(rows.length).toBeGreaterThan(100);
  expect(repeated(rows)).toEqual([]);
  expect(repeated(POLICY_FINDINGS.map(({ policy, issue }) => `${policy} ${issue}`))).toEqual([]);
  expect(repeated(UNREAD.map(({ call }) => call))).toEqual([]);
});

test('the page shows a check with its severity, its stacks and the reason', () => {
  const lines = render().split('\n');
  expect(lines).toContain(
    '| `ec2_securitygroup_not_used` | low | production (2), options (3) | moto creates no network interfaces for RDS, ElastiCache and endpoints |',
  );
  expect(lines).toContain(
    '| `elbv2_logging_enabled` | medium | production | `aws.edge.accessLogs: true` |',
  );
});

test('every section of docs/aws.md that a reason links to is there', () => {
  const headings = readFileSync('docs/aws.md', 'utf8').match(/^#+ .*/gm) ?? [];
  const anchors = headings.map((heading) =>
    heading.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'),
  );
  const linked = [...render().matchAll(/\(aws\.md#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(linked.length).toBeGreaterThan(10);
  expect(linked.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

test('a key that a reason names is one of the stack file', () => {
  const reference = readFileSync('docs/stack-file.md', 'utf8');
  const keys = findings.flatMap(({ why }) =>
    [...why.matchAll(/`(aws\.[\w.]+)/g)].map(([, key = '']) => key),
  );
  expect(keys.length).toBeGreaterThan(4);
  expect(keys.filter((key) => !reference.includes(`\`${key}\``))).toEqual([]);
});
