import { dockerEngine, stackContainers } from '../../../docker/client.ts';
import { componentOf } from '../../../docker/labels.ts';
import type { Context } from '../../context.ts';
import type { Project } from '../../project.ts';
import { servingReplicas } from '../../secrets/facts.ts';
import type { ProofContext, ProofFacts } from '../proof.ts';

/** What the proofs need of the Docker engine. */
export async function dockerProofContext(
  context: Context,
  project: Project,
  facts: ProofFacts,
): Promise<ProofContext> {
  const docker = await dockerEngine(context.env);
  const running = (await stackContainers(docker, project.name, facts.plan.stack)).filter(
    ({ State }) => State === 'running',
  );
  return {
    ...facts,
    docker,
    replicas: await servingReplicas(context, project, facts.plan),
    containers: Object.fromEntries(running.map((one) => [componentOf(one), one.Id])),
  };
}
