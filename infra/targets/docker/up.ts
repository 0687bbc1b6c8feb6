import * as pulumi from '@pulumi/pulumi';
import { prepareScript } from '../../../src/bundle.ts';
import { checkSuppliedSecrets } from '../../../src/derive/check-secrets.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { SECRETS_COMPONENT } from '../../../src/derive/secret-versions.ts';
import { DockerRuntime } from '../../../src/docker/docker-runtime.ts';
import { connectEngine } from '../../../src/docker/images.ts';
import { edgeSysctls } from '../../../src/docker/kernel.ts';
import { preflight } from '../../../src/docker/preflight.ts';
import { requireNoProblems } from '../../../src/stack/problems.ts';
import { StackSecrets, warnOfOldForms } from '../../secrets.ts';
import { howToSetSecret, readSuppliedSecrets } from '../../supplied-secrets.ts';
import { backendContext } from '../backend-context.ts';
import type { TargetOutputs } from '../outputs.ts';
import { deployToDocker } from './deploy.ts';

/**
 * Deploys a plan on the Docker engine, once all that can be checked before is checked.
 * @param file the stack file, for messages
 */
export async function up(plan: DockerPlan, file: string): Promise<TargetOutputs> {
  const engine = connectEngine();
  const supplied = readSuppliedSecrets(plan.secrets, {
    stack: plan.stack,
    config: (name) => pulumi.runtime.allConfig()[`${plan.project}:${name}`],
    env: process.env,
  });
  requireNoProblems(file, [
    ...supplied.problems,
    ...checkSuppliedSecrets(plan, supplied.values, (name) => howToSetSecret(plan, name)),
    ...(await preflight(plan, engine)),
  ]);
  const secrets = new StackSecrets(SECRETS_COMPONENT, {
    secrets: plan.secrets,
    supplied: supplied.values,
  });
  warnOfOldForms(secrets, plan.secrets);
  return deployToDocker({
    plan,
    secrets,
    runtime: new DockerRuntime(engine, { log: (line) => void pulumi.log.info(line) }),
    buildContext: await backendContext(plan),
    prepareScript: prepareScript(),
    edgeSysctls: await edgeSysctls(engine),
  });
}
