import type { AuditedStack, Kind, PolicyFinding } from '../../../scripts/docs/audit/finding.ts';
import type { Audit, PolicyResult } from './tools.ts';

/** What an audit found and what the tables explain differ in, as lines; each says what to do. */
export function unexplained(
  { checks }: Audit,
  stack: AuditedStack,
  kinds: readonly Kind[],
): string[] {
  const found = checks.flatMap(({ id, severity, findings }) =>
    findings
      .filter(({ status }) => status !== 'PASS')
      .map(({ says }) => ({ what: `${id} (${severity})`, says })),
  );
  const explained = kinds
    .flatMap(({ findings }) => findings)
    .map(({ check, severity, rows }) => [`${check} (${severity})`, rows[stack] ?? 0] as const);
  return differences(found, explained);
}

/** The same of what Parliament found. */
export function unexplainedPolicies(
  results: readonly PolicyResult[],
  findings: readonly PolicyFinding[],
): string[] {
  return differences(
    results.map((one) => ({ what: problem(one), says: one.detail })),
    findings.map((one) => [problem(one), one.times] as const),
  );
}

const problem = (one: { policy: string; issue: string; severity: string }) =>
  `${one.policy}: ${one.issue} (${one.severity})`;

function differences(
  found: readonly { readonly what: string; readonly says: string }[],
  explained: readonly (readonly [what: string, times: number])[],
): string[] {
  const expected = new Map<string, number>();
  for (const [what, times] of explained) expected.set(what, (expected.get(what) ?? 0) + times);
  const all = new Set([...found.map(({ what }) => what), ...expected.keys()]);
  return [...all].sort().flatMap((what) => {
    const says = found.filter((one) => one.what === what).map((one) => one.says);
    const times = expected.get(what) ?? 0;
    if (says.length === times) return [];
    return says.length === 0
      ? [`${what} no longer fails: take it out of scripts/docs/audit`]
      : [`${what} fails ${says.length} times, explained ${times}: ${says.join('; ')}`];
  });
}
