import { nodeProbe } from '../../../bundle.ts';
import type { ReplicaRequest } from '../../../container/probes/requests.ts';
import { PROOF_SECONDS } from '../../../container/tokens.ts';
import { execIn } from '../../../docker/exec.ts';
import { countText, type ProofContext } from '../proof.ts';
import type { Asked, Headers } from '../prove-signatures.ts';

/** Each replica, asked from inside of it. */
export function askReplicas(context: ProofContext): Asked {
  return {
    answers: (path, makers) =>
      Promise.all(
        context.replicas.map(async ({ id }) => {
          const statuses: number[] = [];
          for (const make of makers) {
            statuses.push(await answer(context, id, path, await make()));
          }
          return statuses;
        }),
      ),
    counted: countText,
  };
}

/** The status of the answer to a GET, 0 where there was none. */
async function answer(
  { docker, plan }: ProofContext,
  container: string,
  path: string,
  headers: Headers,
): Promise<number> {
  const { port } = plan.backend;
  const request: ReplicaRequest = { port, path, headers, timeoutMs: PROOF_SECONDS * 1000 };
  const { stdout } = await execIn(docker.getContainer(container), nodeProbe('ask'), {
    stdin: JSON.stringify(request),
  });
  return /^\d{3}$/.test(stdout) ? Number(stdout) : 0;
}
