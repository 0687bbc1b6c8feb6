import { broken, type Measured } from './under-load.ts';

const HEADINGS = [
  'scenario',
  'change, s',
  'load, s',
  'requests',
  'req/s',
  'failed',
  'lost logins',
  'writes',
  'p50, ms',
  'p99, ms',
  'p99 to rest',
  'slowest, ms',
];

/** A Markdown table, one row a measurement; the first is the one at rest. */
export function table(measurements: readonly Measured[]): string {
  const rest = measurements[0];
  const rows = measurements.map((measured) => row(measured, rest === measured ? undefined : rest));
  const rule = HEADINGS.map((_, index) => (index === 0 ? '---' : '---:'));
  return [HEADINGS, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function row(measured: Measured, rest: Measured | undefined): string[] {
  const { writes } = measured;
  return [
    measured.problem === undefined ? measured.scenario : `${measured.scenario} (went wrong)`,
    rest === undefined ? '' : measured.commandSeconds.toFixed(0),
    measured.seconds.toFixed(0),
    String(measured.requests),
    measured.rate.toFixed(1),
    String(measured.failures.length),
    `${measured.lostLogins} of ${measured.logins}`,
    writes.stored === writes.answered
      ? String(writes.stored)
      : `${writes.stored} for ${writes.answered} answered`,
    measured.p50.toFixed(0),
    measured.p99.toFixed(0),
    rest === undefined ? '' : `${(measured.p99 / rest.p99).toFixed(1)} ×`,
    measured.slowest.toFixed(0),
  ];
}

/** What came of all of it: one line, and below it what was broken where. */
export function verdict(measurements: readonly Measured[]): string {
  const all = measurements.flatMap((measured) =>
    broken(measured).map((line) => `${measured.scenario}: ${line}`),
  );
  const requests = measurements.reduce((sum, { requests }) => sum + requests, 0);
  return all.length === 0
    ? `The promise is kept: ${requests} requests, 0 failed, 0 lost logins.`
    : `The promise is broken:\n${all.map((line) => `- ${line.replaceAll('\n', '\n  ')}`).join('\n')}`;
}

/** The failed requests of a measurement: of each reason how many, and the first ones whole. */
export function failureLines({ failures }: Measured, shown = 3): string[] {
  const reasons = [...new Set(failures.map(({ reason }) => reason))];
  return reasons.flatMap((reason) => {
    const found = failures.filter((failure) => failure.reason === reason);
    const lines = found
      .slice(0, shown)
      .map(
        ({ at, method, path, milliseconds }) =>
          `  ${at} ${method} ${path} after ${milliseconds.toFixed(0)} ms`,
      );
    return [`${reason}: ${found.length}`, ...lines, ...(found.length > shown ? ['  ...'] : [])];
  });
}
