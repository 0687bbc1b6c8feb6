import * as pulumi from '@pulumi/pulumi';
import type Docker from 'dockerode';
import { loginLimitScript, prepareScript } from '../../../src/bundle.ts';
import { pinnedBackend } from '../../../src/derive/images.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { DockerRuntime } from '../../../src/docker/docker-runtime.ts';
import { connectEngine, inspectImage } from '../../../src/docker/images.ts';
import { internalSubnets } from '../../../src/docker/internal-subnets.ts';
import { edgeSysctls } from '../../../src/docker/kernel.ts';
import { preflight } from '../../../src/docker/preflight.ts';
import { requireNoProblems } from '../../../src/stack/problems.ts';
import { TOP_SCOPE } from '../../scope.ts';
import { backendContext } from '../backend-context.ts';
import type { TargetOutputs } from '../outputs.ts';
import { stackSecrets, suppliedSecrets } from '../stack-secrets.ts';
import type { UpOptions } from '../up-options.ts';
import { deployToDocker } from './deploy.ts';

export interface DockerUpOptions extends Omit<UpOptions, 'provider'> {
  /** The engine of the provider. @default that of DOCKER_HOST, otherwise that of the system's socket */
  readonly engine?: Docker;
}

/**
 * Deploys a plan on the Docker engine, once all that can be checked before is checked.
 * @param file the stack file, for messages
 */
export async function up(
  plan: DockerPlan,
  file: string,
  { scope = TOP_SCOPE, secrets, engine = connectEngine() }: DockerUpOptions = {},
): Promise<TargetOutputs> {
  const supplied = suppliedSecrets(plan, secrets);
  requireNoProblems(file, [...supplied.problems, ...(await preflight(plan, engine))]);
  return deployToDocker({
    plan,
    scope,
    secrets: stackSecrets(plan, supplied.values, scope),
    runtime: new DockerRuntime(engine, { log: (line) => void pulumi.log.info(line) }),
    buildContext: await backendContext(plan),
    prepareScript: prepareScript(),
    loginLimitScript: loginLimitScript(),
    pinnedImageId: await pinnedImageId(plan, engine),
    subnets: await internalSubnets(plan, engine),
    edgeSysctls: await edgeSysctls(engine),
  });
}

/** Containers have always been given the ID: a digest would replace them. */
async function pinnedImageId(plan: DockerPlan, engine: Docker): Promise<string | undefined> {
  const pin = pinnedBackend(plan.backend.image, plan.images);
  return pin && (await inspectImage(engine, pin.ref))?.id;
}
