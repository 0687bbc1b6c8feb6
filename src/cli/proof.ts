import { randomBytes } from 'node:crypto';
import type Docker from 'dockerode';
import type { Plan } from '../derive/plan.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { RotationStep } from './rotation-steps.ts';
import type { ServingReplica } from './secret-facts.ts';

/** One thing that was tried; `ok` is null where it could not be, and the text says why. */
export interface Proof {
  readonly secret: string;
  readonly ok: boolean | null;
  readonly text: string;
}

/** What the proofs of a rotation work with; values never leave the memory of this process. */
export interface ProofContext {
  readonly docker: Docker;
  readonly stack: StackFile;
  /** As it is after the rotation. */
  readonly plan: Plan;
  readonly replicas: readonly ServingReplica[];
  /** Containers that run, by component. */
  readonly containers: Readonly<Record<string, string | undefined>>;
  /** Every variable of the backend, with its value. */
  readonly environment: Readonly<Record<string, string>>;
  /** Generated values by `<name> v<version>`, those of before the rotation too. */
  readonly values: ReadonlyMap<string, string>;
}

/** An earlier version of a secret, and whether it is still to be accepted. */
export interface EarlierVersion {
  readonly version: number;
  readonly kept: boolean;
  /** undefined: no longer known to anybody. */
  readonly value?: string;
}

/** Those that are kept, and the one that served before; newest first. */
export function earlierVersions(context: ProofContext, step: RotationStep): EarlierVersion[] {
  const secret = context.plan.secrets.find(({ name }) => name === step.name);
  const kept = secret?.from === 'generated' ? secret.versions.slice(1) : [];
  // Of a rotation that was cut off after the switch nobody tells what served before: most likely this.
  const before = step.from ?? step.to - 1;
  const all = [...new Set([...kept, before])].filter(
    (version) => version > 0 && version !== step.to,
  );
  return all
    .sort((a, b) => b - a)
    .map((version) => {
      const value = context.values.get(`${step.name} v${version}`);
      return { version, kept: kept.includes(version), ...(value === undefined ? {} : { value }) };
    });
}

/** The value of the version that serves now. */
export function currentValue(context: ProofContext, step: RotationStep): string | undefined {
  return context.values.get(`${step.name} v${step.to}`);
}

/** A value that nobody knows: what refuses it tells right from wrong. */
export function strangeValue(): string {
  return randomBytes(32).toString('hex');
}

/** `2 of 2 replicas`. */
export function countText(good: number, all: number): string {
  return `${good} of ${all} replica${all === 1 ? '' : 's'}`;
}
