import * as pulumi from '@pulumi/pulumi';
import { prepareScript } from '../../../src/bundle.ts';
import { checkSuppliedSecrets } from '../../../src/derive/check-secrets.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { DockerRuntime } from '../../../src/docker/docker-runtime.ts';
import { connectEngine } from '../../../src/docker/images.ts';
import { edgeSysctls } from '../../../src/docker/kernel.ts';
import { preflight } from '../../../src/docker/preflight.ts';
import { UserError } from '../../../src/errors.ts';
import { StackSecrets, warnOfOldForms } from '../../secrets.ts';
import { howToSetSecret, readSuppliedSecrets } from '../../supplied-secrets.ts';
import { backendContext } from '../backend-context.ts';
import type { TargetOutputs } from '../outputs.ts';
import { deployToDocker } from './deploy.ts';

/** Brings a plan up on the Docker engine, after everything that can be checked beforehand was. */
export async function up(plan: DockerPlan): Promise<TargetOutputs> {
  const engine = connectEngine();
  const supplied = readSuppliedSecrets(plan.secrets, {
    stack: plan.stack,
    config: (name) => pulumi.runtime.allConfig()[`${plan.project}:${name}`],
    env: process.env,
  });
  const problems = [
    ...supplied.problems,
    ...checkSuppliedSecrets(plan, supplied.values, (name) => howToSetSecret(plan, name)),
    ...(await preflight(plan, engine)),
  ];
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  const secrets = new StackSecrets('secret', { secrets: plan.secrets, supplied: supplied.values });
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
