import { expect, test } from 'vitest';
import { plannedImages } from '../../../../../infra/targets/aws/images.ts';
import { stackProvider } from '../../../../../infra/targets/aws/provider.ts';
import { recipeDigest } from '../../../../../infra/targets/aws/published-image.ts';
import { unpublishedProblems } from '../../../../../infra/targets/aws/unpublished-images.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { type Problem, UserError } from '../../../../../src/errors.ts';
import { ProblemError } from '../../../../../src/stack/problems.ts';
import { answers, FakePublisher } from '../../../../support/unit/aws-fakes.ts';
import { awsPlan, withAwsResources } from '../../../../support/unit/aws-plan.ts';
import { register } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

const token = 'aws:ecr/getAuthorizationToken:getAuthorizationToken';
const registry = {
  [token]: {
    proxyEndpoint: 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com',
    userName: 'AWS',
    password: 'token',
  },
};

const problem: Problem = {
  message: 'the registry ghcr.io has no ghcr.io/acme/shop:1.4.3; correct the reference',
  code: 'image-not-found',
};
const noEngine: Problem = {
  message: 'no Docker engine answers at unix:///nowhere',
  code: 'engine-unreachable',
};

function planned() {
  const plan = derivePlan(fixtures.staging, {
    ...fixtures.options,
    project: 'shop',
    stack: 'prod',
  });
  const image = { reference: 'ghcr.io/acme/shop:1.4.3' };
  const args = {
    plan: withAwsResources({ ...plan, backend: { ...plan.backend, image } }),
    prepareScript: '// prepare',
  };
  const tags = Object.values(plannedImages(args)).map(
    ({ tagPrefix, recipe }) => `${tagPrefix}${recipeDigest(recipe)}`,
  );
  return { args, tags };
}

async function found(
  given: Readonly<Record<string, object | (() => object)>>,
  publisher: FakePublisher,
  preview = false,
): Promise<readonly Problem[]> {
  const { args } = planned();
  let problems: readonly Problem[] | undefined;
  await register(
    async () => {
      const provider = stackProvider(args.plan.aws, {});
      problems = await unpublishedProblems({ ...args, publisher, invoke: { provider } });
    },
    { preview, answers: { ...answers, ...given } },
  );
  if (problems === undefined) throw new Error('nothing was asked');
  return problems;
}

test('an image in the repository needs neither its base nor an engine', async () => {
  const publisher = new FakePublisher(planned().tags, new ProblemError(noEngine));
  expect(await found(registry, publisher)).toEqual([]);
});

test('an unavailable base is reported if the repository lacks the image', async () => {
  expect(await found(registry, new FakePublisher([], problem))).toEqual([
    { path: ['backend', 'image'], ...problem },
  ]);
});

test('no image is checked if AWS or the registry does not answer', async () => {
  const silent = {
    [token]: () => {
      throw new Error('no EC2 IMDS role');
    },
  };
  expect(await found(silent, new FakePublisher([], problem))).toEqual([]);
  const publisher = new FakePublisher([], problem);
  publisher.find = async () => {
    throw new UserError('the registry does not say whether it has it', 'registry-unreachable');
  };
  expect(await found(registry, publisher)).toEqual([]);
});

test('the repository is looked up by its name, even before it exists', async () => {
  const asked: string[] = [];
  const publisher = new FakePublisher();
  publisher.find = async ({ url }) => {
    asked.push(url);
    return 'sha256:1';
  };
  await found(registry, publisher);
  expect(new Set(asked)).toEqual(
    new Set([`123456789012.dkr.ecr.eu-central-1.amazonaws.com/${awsPlan.registry.name}`]),
  );
});

test('an engine that does not answer is reported once, and a preview needs none', async () => {
  const publisher = new FakePublisher([], new ProblemError(noEngine));
  expect(await found(registry, publisher)).toEqual([noEngine]);
  expect(await found(registry, publisher, true)).toEqual([]);
});
