import * as pulumi from '@pulumi/pulumi';
import { prepareScript } from '../../../src/bundle.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { DockerRuntime } from '../../../src/docker/docker-runtime.ts';
import { connectEngine } from '../../../src/docker/images.ts';
import { edgeSysctls } from '../../../src/docker/kernel.ts';
import { preflight } from '../../../src/docker/preflight.ts';
import { requireNoProblems } from '../../../src/stack/problems.ts';
import { backendContext } from '../backend-context.ts';
import type { TargetOutputs } from '../outputs.ts';
import { stackSecrets, suppliedSecrets } from '../stack-secrets.ts';
import { deployToDocker } from './deploy.ts';

/**
 * Deploys a plan on the Docker engine, once all that can be checked before is checked.
 * @param file the stack file, for messages
 */
export async function up(plan: DockerPlan, file: string): Promise<TargetOutputs> {
  const engine = connectEngine();
  const supplied = suppliedSecrets(plan);
  requireNoProblems(file, [...supplied.problems, ...(await preflight(plan, engine))]);
  return deployToDocker({
    plan,
    secrets: stackSecrets(plan, supplied.values),
    runtime: new DockerRuntime(engine, { log: (line) => void pulumi.log.info(line) }),
    buildContext: await backendContext(plan),
    prepareScript: prepareScript(),
    edgeSysctls: await edgeSysctls(engine),
  });
}
