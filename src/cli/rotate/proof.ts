import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { AwsAccount } from '../../aws/client-config.ts';
import type { RunningTask } from '../../aws/running-tasks.ts';
import type { ReleaseMarkers } from '../../derive/aws/markers.ts';
import type { AwsPlan, Plan } from '../../derive/plan.ts';
import { secretVersionKey } from '../../derive/secret-versions.ts';
import { secretsIn } from '../../derive/template.ts';
import { messageOf } from '../../error-text.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import type { ServingReplica } from '../secrets/facts.ts';
import type { RotationStep } from './steps.ts';

/** One thing that was tried; `ok` is null where it could not be, and the text says why. */
export interface Proof {
  readonly secret: string;
  readonly ok: boolean | null;
  readonly text: string;
}

/** What the proofs of a rotation work with; values never leave the memory of this process. */
export interface ProofFacts {
  readonly stack: StackFile;
  /** As it is after the rotation. */
  readonly plan: Plan;
  /** Every variable of the backend, with its value. */
  readonly environment: Readonly<Record<string, string>>;
  /** Generated values by `<name> v<version>`, the previous ones too. */
  readonly values: ReadonlyMap<string, string>;
}

/** The same with target docker. */
export interface ProofContext extends ProofFacts {
  readonly docker: Docker;
  readonly replicas: readonly ServingReplica[];
  /** Containers that run, by component. */
  readonly containers: Readonly<Record<string, string | undefined>>;
}

/** The same with target aws. */
export interface AwsProofContext extends ProofFacts {
  readonly plan: AwsPlan;
  readonly account: AwsAccount;
  readonly tasks: readonly RunningTask[];
  readonly markers: ReleaseMarkers;
}

/** An earlier version of a secret, and whether it is still to be accepted. */
export interface EarlierVersion {
  readonly version: number;
  readonly kept: boolean;
  /** undefined: no longer known to anybody. */
  readonly value?: string;
}

/** Those that are kept, and the previous one; newest first. */
export function earlierVersions(context: ProofFacts, step: RotationStep): EarlierVersion[] {
  const secret = context.plan.secrets.find(({ name }) => name === step.name);
  const kept = secret?.from === 'generated' ? secret.versions.slice(1) : [];
  // After a rotation that was interrupted after the switch, the previous version is unknown: most likely this.
  const before = step.from ?? step.to - 1;
  const all = [...new Set([...kept, before])].filter(
    (version) => version > 0 && version !== step.to,
  );
  return all
    .sort((a, b) => b - a)
    .map((version) => {
      const value = context.values.get(secretVersionKey(step.name, version));
      return { version, kept: kept.includes(version), ...(value === undefined ? {} : { value }) };
    });
}

/** The value of the version that serves now. */
export function currentValue(context: ProofFacts, step: RotationStep): string | undefined {
  return context.values.get(secretVersionKey(step.name, step.to));
}

/** A value that nobody knows: whatever accepts it checks nothing. */
export function unknownSecret(): string {
  return randomBytes(32).toString('hex');
}

/** Where something could not be tried, and why. */
export function notTried({ name }: RotationStep, why: string): Proof {
  return { secret: name, ok: null, text: `not tried: ${why}` };
}

/** What went away meanwhile, an engine or AWS that does not answer: nothing is proven then. */
export function broken({ name }: RotationStep, error: unknown): Proof[] {
  const reason = messageOf(error);
  return [{ secret: name, ok: false, text: `could not be tried: ${reason}` }];
}

/** The variables of the backend that hold a secret, alone or in a longer text. */
export function variablesWith({ backend }: Plan, secret: string): string[] {
  return backend.environment
    .filter(({ value }) => secretsIn(value).some((part) => part.secret === secret))
    .map(({ name }) => name);
}

/** `2 of 2 replicas`. */
export function countText(good: number, all: number): string {
  return `${good} of ${all} replica${all === 1 ? '' : 's'}`;
}
