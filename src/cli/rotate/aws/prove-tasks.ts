import { revisionOf } from '../../../aws/rollout.ts';
import { secretValues } from '../../../aws/secret-values.ts';
import { type AwsProofContext, type Proof, variablesWith } from '../proof.ts';
import type { RotationStep } from '../steps.ts';

/**
 * Every task runs a revision of the new version, and what ECS filled its variables from holds the new
 * value: a reference names the version in Secrets Manager, which never changes.
 */
export async function proveTasks(context: AwsProofContext, step: RotationStep): Promise<Proof[]> {
  const { tasks, plan, environment } = context;
  const secret = step.name;
  const labelled = tasks.filter(({ versions }) => versions[secret] === step.to).length;
  const proofs: Proof[] = [
    {
      secret,
      ok: tasks.length > 0 && labelled === tasks.length,
      text: `${countTasks(labelled, tasks.length)} run with version ${step.to}${revisions(context)}`,
    },
  ];
  const variables = variablesWith(plan, secret);
  if (variables.length === 0) return proofs;
  const references = new Set(
    tasks.flatMap((task) => variables.flatMap((name) => task.references[name] ?? [])),
  );
  const held = await secretValues(context.account, references);
  const good = tasks.filter((task) =>
    variables.every((name) => {
      const value = held.get(task.references[name] ?? '');
      return value !== undefined && value === environment[name];
    }),
  ).length;
  proofs.push({
    secret,
    ok: tasks.length > 0 && good === tasks.length,
    text: `${countTasks(good, tasks.length)} got its value from Secrets Manager: ${variables.join(', ')}`,
  });
  return proofs;
}

/** `2 of 2 tasks`. */
export function countTasks(good: number, all: number): string {
  return `${good} of ${all} task${all === 1 ? '' : 's'}`;
}

/** ` (shop-prod:7)`. */
function revisions({ tasks }: AwsProofContext): string {
  const found = [...new Set(tasks.map(({ taskDefinitionArn }) => revisionOf(taskDefinitionArn)))];
  return found.length === 0 ? '' : ` (${found.sort().join(', ')})`;
}
