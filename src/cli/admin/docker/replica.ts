import type Docker from 'dockerode';
import { administratorProgram } from '../../../bundle.ts';
import type { AdministratorRequest } from '../../../container/administrator/request.ts';
import { SECRETS_FOLDER } from '../../../container/environment.ts';
import { stackLabels } from '../../../derive/labels.ts';
import type { DockerPlan } from '../../../derive/plan.ts';
import { dockerEngine, stackContainers } from '../../../docker/client.ts';
import { execIn } from '../../../docker/exec.ts';
import { componentOf } from '../../../docker/labels.ts';
import { probe } from '../../../docker/probe.ts';
import { isServing, routedRelease } from '../../../docker/replicas.ts';
import { UserError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { stackFlagText } from '../../options.ts';
import type { Store } from '../store.ts';

/**
 * A stack's store on docker: a healthy replica of the running release.
 * @throws UserError if the stack is not up, or no replica is healthy
 */
export async function storeOnDocker(context: Context, plan: DockerPlan): Promise<Store> {
  return storeOn(await dockerEngine(context.env), plan);
}

/** The same on an engine that answers. */
export async function storeOn(
  docker: Docker,
  { project, stack }: Pick<DockerPlan, 'project' | 'stack'>,
): Promise<Store> {
  const s = stackFlagText(stack);
  const containers = await stackContainers(docker, project, stack);
  if (!containers.some((one) => componentOf(one) === 'backend')) {
    throw new UserError(`${stack} is not up; run: medusa-infra up${s}`, 'stack-not-up');
  }
  const routed = await routedRelease(docker, stackLabels(project, stack));
  const serving = containers.filter(
    (one) => componentOf(one) === 'backend' && isServing(one, routed),
  );
  for (const { Id } of serving) {
    const container = docker.getContainer(Id);
    const { healthy } = await probe(container, await container.inspect());
    if (healthy) return { run: (request) => runIn(container, request) };
  }
  throw new UserError(
    `no replica of ${stack} is healthy, so nothing was changed; see medusa-infra status${s} and medusa-infra logs backend${s}`,
    'backend-unhealthy',
  );
}

/** The request goes by standard input: the engine shows the arguments and variables of an exec. */
async function runIn(container: Docker.Container, request: AdministratorRequest) {
  const full: AdministratorRequest = { ...request, urlFile: `${SECRETS_FOLDER}/DATABASE_URL` };
  const { exitCode, stdout, stderr } = await execIn(container, administratorProgram(), {
    stdin: JSON.stringify(full),
  });
  return { exitCode, said: `${stderr}${stdout}`.trim() };
}
