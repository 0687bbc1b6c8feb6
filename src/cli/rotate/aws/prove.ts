import { type AwsProofContext, broken, earlierVersions, notTried, type Proof } from '../proof.ts';
import { proveJwt } from '../prove-signatures.ts';
import type { RotationStep } from '../steps.ts';
import { askPublic, publicAnswer } from './ask-public.ts';
import { proveDatabaseOnAws, proveRedisOnAws } from './prove-servers.ts';
import { proveTasks } from './prove-tasks.ts';

/**
 * Proves of a rotation what can be seen from outside of the VPC; of the rest it says that, and why, it
 * was not tried.
 */
export async function proveOnAws(
  context: AwsProofContext,
  steps: readonly RotationStep[],
): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const step of steps) {
    for (const prove of [proveTasks, proveBehaviour]) {
      proofs.push(...(await prove(context, step).catch((error) => broken(step, error))));
    }
  }
  return proofs;
}

async function proveBehaviour(context: AwsProofContext, step: RotationStep): Promise<Proof[]> {
  if (step.name === 'jwt') return proveTokens(context, step);
  if (step.name === 'cookie') {
    return [
      notTried(
        step,
        context.plan.aws.redis
          ? 'the sessions are in ElastiCache, which only the tasks can reach, so none could be created for the proof'
          : 'the sessions are kept where only the tasks can reach them, so none could be created for the proof',
      ),
    ];
  }
  if (step.name === 'database') return proveDatabaseOnAws(context, step);
  if (step.name === 'redis') return proveRedisOnAws(context, step);
  return [];
}

/** How often each task is asked on average: the load balancer decides which one answers. */
const ASKED_EACH = 3;

async function proveTokens(context: AwsProofContext, step: RotationStep): Promise<Proof[]> {
  const { edge, backend } = context.plan;
  const health = await publicAnswer(`${edge.publicUrl}${backend.health.path}`);
  if (health !== 200) {
    return [notTried(step, `${edge.publicUrl}${backend.health.path} does not answer (${health})`)];
  }
  const times = Math.max(1, context.tasks.length) * ASKED_EACH;
  const earlier = earlierVersions(context, step);
  return proveJwt(context, step, earlier, askPublic(edge.publicUrl, times));
}
