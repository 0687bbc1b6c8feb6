import type { Plan } from '../../derive/plan.ts';
import type { StackFile } from '../../stack/stack-file.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project.ts';
import { awsProofContext } from './aws/proof-context.ts';
import { proveOnAws } from './aws/prove.ts';
import { dockerProofContext } from './docker/proof-context.ts';
import { proveOnDocker } from './docker/prove.ts';
import type { Proof } from './proof.ts';
import type { RotationStep } from './steps.ts';

interface AfterUp {
  readonly stack: StackFile;
  readonly plan: Plan;
  /** The stack's secret output of that name. */
  readonly environment: unknown;
  readonly values: ReadonlyMap<string, string>;
}

/** Tries what a rotation promises, with all as it is after the `up`. */
export async function prove(
  context: Context,
  project: Project,
  after: AfterUp,
  steps: readonly RotationStep[],
): Promise<Proof[]> {
  const { stack, plan, values } = after;
  const facts = {
    stack,
    plan,
    values,
    environment: Object.fromEntries(
      Object.entries((after.environment ?? {}) as object).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
  };
  return plan.target === 'aws'
    ? proveOnAws(await awsProofContext(context, project, { ...facts, plan }), steps)
    : proveOnDocker(await dockerProofContext(context, project, facts), steps);
}
