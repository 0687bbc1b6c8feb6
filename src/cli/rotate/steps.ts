import type { Plan, PlannedSecret } from '../../derive/plan.ts';
import type { SecretVersions } from '../../derive/secret-versions.ts';
import { type PlacedProblem, UserError } from '../../errors.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import { type DeployOptions, stackFlagText } from '../options.ts';
import { undeclared } from '../secrets/names.ts';
import { type SecretStatus, versionOf } from '../secrets/status.ts';
import type { Pending } from './marker.ts';

export interface RotateOptions extends DeployOptions {
  readonly all?: boolean;
  readonly due?: boolean;
  readonly dryRun?: boolean;
}

/** The rotation of one secret. */
export interface RotationStep {
  readonly name: string;
  /** Version that serves now; undefined if not known. */
  readonly from?: number;
  /** Version that serves in the end. */
  readonly to: number;
  /** The file has it already: an earlier rotation was interrupted, and this one finishes it. */
  readonly resumed: boolean;
}

/**
 * The secrets that a command line means. Every mistake at once.
 * @throws UserError for names that are not declared, or of which somebody else is the source
 */
export function requestedSecrets(
  stack: StackFile,
  names: readonly string[],
  options: Pick<RotateOptions, 'all' | 'due' | 'stack'>,
): readonly string[] | 'all' | 'due' {
  const ways = [names.length > 0, options.all, options.due].filter(Boolean).length;
  if (ways !== 1) {
    throw new UserError(
      'name the secrets to rotate, or use --all or --due: exactly one of the three; medusa-infra secrets lists them',
      'option-invalid',
    );
  }
  if (options.all) return 'all';
  if (options.due) return 'due';
  const problems = [...new Set(names)].flatMap((name) => problemOf(stack, name, options.stack));
  if (problems.length > 0) {
    const message = problems.map((problem) => problem.message).join('\n');
    throw new UserError(message, 'secret-source-mismatch', problems);
  }
  return [...new Set(names)];
}

function problemOf(stack: StackFile, name: string, stackName: string): PlacedProblem[] {
  if (!Object.hasOwn(stack.secrets, name)) {
    return [{ message: undeclared(stack, name), code: 'secret-unknown' }];
  }
  const from = stack.secrets[name]?.from ?? 'generated';
  if (from === 'generated') return [];
  return [{ message: howToChange(name, from, stackName), code: 'secret-source-mismatch' }];
}

/** What to do for a new value of a secret that is not generated. */
export function howToChange(
  name: string,
  from: Exclude<PlannedSecret['from'], 'generated'>,
  stackName: string,
): string {
  const s = stackFlagText(stackName);
  if (from === 'config') {
    return `secret ${name} is supplied, not generated; run: medusa-infra secrets set ${name}${s} && medusa-infra up${s}`;
  }
  const source =
    'env' in from ? `the environment variable ${from.env}` : `what ${from.command[0]} prints`;
  return `secret ${name} is supplied, not generated; change ${source} and run: medusa-infra up${s}`;
}

export interface StepSources {
  readonly plan: Plan;
  readonly statuses: readonly SecretStatus[];
  /** Of each replica that runs; none where that is not known. */
  readonly serving: readonly SecretVersions[];
  readonly pending: Pending;
}

/**
 * What is to be done, in the order of the plan. An earlier rotation that was interrupted is finished and
 * not begun again, whether it was asked for by name or not: an `up` finishes it in any case.
 */
export function rotationSteps(
  requested: readonly string[] | 'all' | 'due',
  { plan, statuses, serving, pending }: StepSources,
): RotationStep[] {
  const due = new Set(statuses.filter((one) => one.due).map(({ name }) => name));
  return plan.secrets.flatMap((secret): RotationStep[] => {
    const { name } = secret;
    const version = versionOf(secret);
    if (version === undefined) return [];
    const live = serving.flatMap((versions) => versions[name] ?? []);
    const oldest = live.length > 0 ? Math.min(...live) : undefined;
    const from = oldest === undefined ? {} : { from: oldest };
    if (pending[name] === version || (oldest !== undefined && oldest < version)) {
      return [{ name, ...(oldest === version ? {} : from), to: version, resumed: true }];
    }
    const wanted =
      requested === 'all' || (requested === 'due' ? due.has(name) : requested.includes(name));
    // A file that was set back to an earlier version: the next one has to be new for the replicas too.
    return wanted ? [{ name, ...from, to: Math.max(version, ...live) + 1, resumed: false }] : [];
  });
}
