import { StackSecrets } from '../../../infra/secrets.ts';
import { deployToDocker } from '../../../infra/targets/docker/deploy.ts';
import { derivePlan } from '../../../src/derive/derive.ts';
import type { DockerStack } from '../../../src/stack/stack-file.ts';
import { FakeRuntime } from './container-runtime.ts';
import { type Registered, register } from './recorder.ts';
import * as fixtures from './stack-files.ts';

const deployed = new Map<DockerStack, ReturnType<typeof deployFresh>>();

/** Each stack is deployed once: its resources do not change from test to test. */
export function deploy(stack: DockerStack) {
  const known = deployed.get(stack) ?? deployFresh(stack);
  deployed.set(stack, known);
  return known;
}

/** The target's resources by name, over a runtime that records what it is asked for. */
export async function deployFresh(
  stack: DockerStack,
  options: { readonly preview?: boolean } = {},
) {
  const plan = derivePlan(stack, fixtures.options);
  const runtime = new FakeRuntime();
  const supplied = Object.fromEntries(
    plan.secrets
      .filter((secret) => secret.from !== 'generated')
      .map(({ name }) => [name, `supplied://${name}`]),
  );
  const resources = await register(
    () =>
      deployToDocker({
        plan,
        secrets: new StackSecrets('secret', { secrets: plan.secrets, supplied }),
        runtime,
        buildContext: {
          context: '/cache/contexts/backend',
          dockerfile: 'Dockerfile',
          args: { NODE_IMAGE: 'medusa-infra/node:22' },
          digest: 'digest-of-all-inputs',
        },
        prepareScript: '// prepare',
        subnets: { 'shop-dev-data': '198.18.7.0/24' },
        loginLimitScript: '// login limit',
      }),
    options,
  );
  const get = (name: string): Registered => {
    const found = resources.get(name);
    if (!found) throw new Error(`no resource ${name}; there are ${[...resources.keys()]}`);
    return found;
  };
  return { plan, runtime, resources, get };
}
