import { join } from 'node:path';
import { execa } from 'execa';
import { SERVICES } from '../../../scripts/docs/audit/table.ts';
import { ensureToolchain } from '../../../toolchain/ensure.ts';
import type { IamPolicy } from '../iam.ts';
import type { AuditedAccount } from './account.ts';

/** What one of Prowler's checks found. */
export interface CheckResult {
  readonly id: string;
  readonly severity: string;
  readonly findings: readonly {
    /** `MANUAL`: a person has to look. */
    readonly status: 'PASS' | 'FAIL' | 'MANUAL';
    readonly says: string;
  }[];
}

export interface Audit {
  readonly checks: readonly CheckResult[];
  /** What could not be read, as in `scripts/docs/audit/unread.ts`. */
  readonly unread: readonly string[];
}

/** Runs Prowler's checks of the services that a stack uses. */
export async function runProwler({ moto, region }: AuditedAccount): Promise<Audit> {
  return (await runPython('run_checks.py', [moto.url, region, SERVICES.join(',')])) as Audit;
}

export interface PolicyResult {
  readonly policy: string;
  readonly issue: string;
  readonly severity: string;
  readonly detail: string;
}

/** Runs Parliament, with its community's checks. */
export async function runParliament(
  policies: Readonly<Record<string, IamPolicy>>,
): Promise<readonly PolicyResult[]> {
  const input = JSON.stringify(policies);
  return (await runPython('check_policies.py', [], input)) as readonly PolicyResult[];
}

async function runPython(script: string, args: readonly string[], input = ''): Promise<unknown> {
  const { report } = await ensureToolchain({
    log: (line) => console.log(line),
    extra: ['prowler'],
  });
  const python = report.find(({ part }) => part === 'prowler')?.path;
  if (!python) throw new Error('the toolchain has no prowler');
  // -B: no compiled files among the sources.
  const file = join(import.meta.dirname, script);
  const { stdout } = await execa(python, ['-B', '-W', 'ignore', file, ...args], { input });
  return JSON.parse(stdout);
}
