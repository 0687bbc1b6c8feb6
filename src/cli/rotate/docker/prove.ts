import { broken, earlierVersions, type Proof, type ProofContext } from '../proof.ts';
import { proveJwt } from '../prove-signatures.ts';
import type { RotationStep } from '../steps.ts';
import { askReplicas } from './ask-replicas.ts';
import { proveDatabase, proveRedis } from './prove-accounts.ts';
import { proveCookie } from './prove-cookie.ts';
import { proveFiles } from './prove-replicas.ts';

/** Proves in every replica, and at the servers, that a rotation is what it says. */
export async function proveOnDocker(
  context: ProofContext,
  steps: readonly RotationStep[],
): Promise<Proof[]> {
  const proofs: Proof[] = [];
  for (const step of steps) {
    for (const prove of [proveFiles, proveBehaviour]) {
      proofs.push(...(await prove(context, step).catch((error) => broken(step, error))));
    }
  }
  return proofs;
}

function proveBehaviour(context: ProofContext, step: RotationStep): Promise<Proof[]> {
  const earlier = earlierVersions(context, step);
  if (step.name === 'jwt') return proveJwt(context, step, earlier, askReplicas(context));
  if (step.name === 'cookie') return proveCookie(context, step, earlier, askReplicas(context));
  if (step.name === 'database') return proveDatabase(context, step, earlier);
  if (step.name === 'redis') return proveRedis(context, step, earlier);
  return Promise.resolve([]);
}
