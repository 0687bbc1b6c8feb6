import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test } from 'vitest';
import { knownValue } from '../../../infra/known-value.ts';
import { deriveEnvironment, derivePlan } from '../../../infra/library/plan.ts';
import { childScope } from '../../../infra/scope.ts';
import { StackSecrets } from '../../../infra/secrets.ts';
import { configOf } from '../../../infra/targets/aws/provider.ts';
import { deployToDocker } from '../../../infra/targets/docker/deploy.ts';
import { suppliedSecrets } from '../../../infra/targets/stack-secrets.ts';
import { engineAt } from '../../../src/docker/engine-at.ts';
import { FakeRuntime } from '../../support/unit/container-runtime.ts';
import { deploy } from '../../support/unit/docker-deploy.ts';
import { register } from '../../support/unit/recorder.ts';
import * as fixtures from '../../support/unit/stack-files.ts';

class Parent extends pulumi.ComponentResource {
  constructor(name: string) {
    super('test:index:Parent', name);
  }
}

describe('a stack in a component', () => {
  const plan = derivePlan(fixtures.dev, fixtures.options);

  test('has the resources of the program, with the name of the component before theirs', async () => {
    const secret = (name: string, parent: Parent) => {
      const scope = childScope(name, parent);
      const supplied = Object.fromEntries(plan.secrets.map((each) => [each.name, 'supplied']));
      return {
        scope,
        secrets: new StackSecrets(
          scope.name('secret'),
          { secrets: plan.secrets, supplied },
          scope.opts,
        ),
      };
    };
    const resources = await register(() => {
      for (const name of ['shop', 'outlet']) {
        deployToDocker({
          plan,
          runtime: new FakeRuntime(),
          buildContext: {
            context: '/context',
            dockerfile: 'Dockerfile',
            args: {},
            digest: 'digest',
          },
          prepareScript: '// prepare',
          loginLimitScript: '// login limit',
          ...secret(name, new Parent(name)),
        });
      }
    });
    const alone = [...(await deploy(fixtures.dev)).resources.values()];
    const inShop = (name: string) => `shop-${name}`;
    const expected = alone.map(({ name, type, parent }) => ({
      type,
      name: inShop(name),
      parent: alone.some((each) => each.name === parent) ? inShop(parent) : 'shop',
    }));
    const found = [...resources.values()]
      .filter(({ name }) => name.startsWith('shop-'))
      .map(({ name, type, parent }) => ({ type, name, parent }));
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found).toHaveLength(expected.length);
    // Both stacks, and their two parents: no name of one is one of the other.
    expect(resources.size).toBe(2 * expected.length + 2);
  });
});

test('the plan needs no images: their versions are those that would be chosen', () => {
  const { project, stack } = fixtures.options;
  const options = { project, stack };
  const plan = derivePlan(fixtures.dev, options);
  expect(plan.images.images.postgres?.version).toMatch(/^\d+$/);
  expect(deriveEnvironment(fixtures.dev, options)).toEqual(plan.backend.environment);
});

describe('the engine of a Docker provider', () => {
  test.each([
    ['unix:///run/docker.sock', { socketPath: '/run/docker.sock' }],
    ['tcp://10.0.0.5:2375', { protocol: 'http', host: '10.0.0.5', port: '2375' }],
    ['ssh://root@10.0.0.5', { protocol: 'ssh', host: '10.0.0.5', port: 22, username: 'root' }],
  ])('%s', (host, expected) => {
    expect(engineAt({ host }).modem).toMatchObject(expected);
  });

  test('an address of another kind is refused', () => {
    expect(() => engineAt({ host: 'npipe:////./pipe/docker_engine' })).toThrow(
      "the Docker provider's host is npipe:////./pipe/docker_engine; the kit knows unix://, tcp:// and ssh://",
    );
  });
});

test("AWS's SDK gets the account of the provider that a program passes", async () => {
  let config: object | undefined;
  await register(async () => {
    const provider = new Provider('own', {
      region: 'eu-west-1',
      profile: 'shop',
      assumeRoles: [{ roleArn: 'arn:aws:iam::123456789012:role/deploy' }],
      endpoints: [{ ecs: 'http://localhost:1' }],
    });
    config = await configOf(provider);
  });
  expect(config).toEqual({
    region: 'eu-west-1',
    profile: 'shop',
    assumeRoles: '[{"roleArn":"arn:aws:iam::123456789012:role/deploy"}]',
    endpoints: '[{"ecs":"http://localhost:1"}]',
  });
});

test('a value that is unknown in a preview is not waited for', async () => {
  expect(await knownValue(pulumi.output('known'))).toBe('known');
  const unknown = pulumi.output(pulumi.unknown);
  expect(await knownValue(unknown)).toBeUndefined();
});

describe('secrets that a program passes', () => {
  const plan = derivePlan(fixtures.dev, fixtures.options);

  test('are refused where the stack file declares none of the name', async () => {
    let problems: readonly object[] = [];
    await register(() => {
      problems = suppliedSecrets(plan, { jwt: 'x', nothing: pulumi.output('y') }).problems;
    });
    expect(problems).toMatchObject([
      { path: ['secrets', 'jwt'], code: 'secret-unknown' },
      { path: ['secrets', 'nothing'], code: 'secret-unknown' },
    ]);
  });
});
