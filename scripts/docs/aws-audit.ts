import { readFileSync } from 'node:fs';
import type { AuditedStack, Finding, Kind } from './audit/finding.ts';
import { POLICY_FINDINGS } from './audit/policies.ts';
import { KINDS, LEAST_CHECKS, SERVICES } from './audit/table.ts';
import { UNREAD } from './audit/unread.ts';

export const file = 'docs/aws-audit.md';

/** The page on the audit of target aws, from the tables that `npm run test:audit` holds against an audit. */
export function render(): string {
  return [
    '# Audit of target `aws`',
    `\`npm run test:audit\` deploys \`stacks/prod.yaml\` to an emulator of AWS (moto) and runs the checks of [Prowler](https://github.com/prowler-cloud/prowler) ${versionOf('prowler')} for the services that a stack uses (${SERVICES.join(', ')}), and [Parliament](https://github.com/duo-labs/parliament) ${versionOf('parliament')} on the policies of its roles and of the [operator](aws.md#what-an-operator-needs). Two stacks are audited:`,
    [
      `- **production**: the file as it is; at least ${LEAST_CHECKS.production} checks find something to look at.`,
      `- **options**: the same with \`nat: none\`, \`flowLogs\`, \`insights\`, \`accessLogs\` and \`waf\`; at least ${LEAST_CHECKS.options} checks.`,
    ].join('\n'),
    'This page lists every check that does not pass, with the reason. The run fails if another check fails, if one of these passes, or if it fails for more or fewer resources. Checks that are not listed pass, or find nothing to look at. A number in parentheses is how many resources fail, if there are several.',
    ...KINDS.map(kindText),
    policiesText(),
    unreadText(),
    'Not audited: what AWS decides only at run time, Aurora, and the settings of your account.',
  ]
    .join('\n\n')
    .concat('\n');
}

function kindText({ title, meaning, findings }: Kind): string {
  const sorted = [...findings].sort(bySeverity);
  return [
    `## ${title}\n`,
    `${meaning}\n`,
    '| check | severity | stacks | why |',
    '|---|---|---|---|',
    ...sorted.map(
      (one) => `| \`${one.check}\` | ${one.severity} | ${stacksText(one)} | ${one.why} |`,
    ),
  ].join('\n');
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'];

function bySeverity(one: Finding, other: Finding): number {
  return SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
}

function stacksText({ rows }: Finding): string {
  return (Object.entries(rows) as [AuditedStack, number][])
    .map(([stack, count]) => (count === 1 ? stack : `${stack} (${count})`))
    .join(', ');
}

function policiesText(): string {
  return [
    '## Policies\n',
    'What Parliament finds. `operator 1` to `3` are the [policies of an operator](aws.md#what-an-operator-needs); a role that is not listed has no finding.\n',
    '| policy | issue | severity | times | why |',
    '|---|---|---|---|---|',
    ...POLICY_FINDINGS.map(
      ({ policy, issue, severity, times, why }) =>
        `| ${policy} | \`${issue}\` | ${severity} | ${times} | ${why} |`,
    ),
  ].join('\n');
}

function unreadText(): string {
  return [
    '## What the emulator does not answer\n',
    'Checks that need these calls see nothing and may pass for that reason.\n',
    '| call | about | stacks |',
    '|---|---|---|',
    ...UNREAD.map(({ call, about, only }) => `| \`${call}\` | ${about} | ${only ?? 'both'} |`),
  ].join('\n');
}

/** As the lock of the audit's tools pins it. */
function versionOf(name: string): string {
  const lock = new URL('../../toolchain/aws/prowler-requirements.txt', import.meta.url);
  const version = new RegExp(`^${name}==(\\S+)`, 'm').exec(readFileSync(lock, 'utf8'))?.[1];
  if (!version) throw new Error(`${lock.pathname} has no ${name}`);
  return version;
}
