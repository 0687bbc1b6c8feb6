import { expect, test } from 'vitest';
import { stackProvider } from '../../../../../infra/targets/aws/data.ts';
import { plannedImages } from '../../../../../infra/targets/aws/images.ts';
import { recipeDigest } from '../../../../../infra/targets/aws/published-image.ts';
import { unpublishedProblems } from '../../../../../infra/targets/aws/unpublished-images.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import { UserError } from '../../../../../src/errors.ts';
import type { Problem } from '../../../../../src/stack/problems.ts';
import { answers, FakePublisher } from '../../../../support/unit/aws-fakes.ts';
import { awsPlan, withAwsResources } from '../../../../support/unit/aws-plan.ts';
import { register } from '../../../../support/unit/recorder.ts';
import * as fixtures from '../../../../support/unit/stack-files.ts';

const TOKEN = 'aws:ecr/getAuthorizationToken:getAuthorizationToken';
const there = {
  [TOKEN]: {
    proxyEndpoint: 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com',
    userName: 'AWS',
    password: 'token',
  },
};

const problem = 'the registry ghcr.io has no ghcr.io/acme/shop:1.4.3; name one that it has';

function planned() {
  const plan = derivePlan(fixtures.staging, {
    ...fixtures.options,
    project: 'shop',
    stack: 'prod',
  });
  const aws = awsPlan;
  const image = { reference: 'ghcr.io/acme/shop:1.4.3' };
  const args = {
    plan: withAwsResources({ ...plan, backend: { ...plan.backend, image } }),
    aws,
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
      const provider = stackProvider(args.aws, {});
      problems = await unpublishedProblems({ ...args, publisher, invoke: { provider } });
    },
    { preview, answers: { ...answers, ...given } },
  );
  if (problems === undefined) throw new Error('nothing was asked');
  return problems;
}

test('what is in the repository needs neither its base nor an engine', async () => {
  const publisher = new FakePublisher(planned().tags, new UserError('no Docker engine answers'));
  expect(await found(there, publisher)).toEqual([]);
});

test('a base that is not to be had is told where the repository has no such image', async () => {
  expect(await found(there, new FakePublisher([], problem))).toEqual([
    { path: ['backend', 'image'], message: problem },
  ]);
});

test('where AWS, or the registry, does not answer, nothing is known of images', async () => {
  const silent = {
    [TOKEN]: () => {
      throw new Error('no EC2 IMDS role');
    },
  };
  expect(await found(silent, new FakePublisher([], problem))).toEqual([]);
  const publisher = new FakePublisher([], problem);
  publisher.find = async () => {
    throw new UserError('the registry does not say whether it has it');
  };
  expect(await found(there, publisher)).toEqual([]);
});

test('the repository is asked for by the name that it has, or will have', async () => {
  const asked: string[] = [];
  const publisher = new FakePublisher();
  publisher.find = async ({ url }) => {
    asked.push(url);
    return 'sha256:1';
  };
  await found(there, publisher);
  expect(new Set(asked)).toEqual(
    new Set([`123456789012.dkr.ecr.eu-central-1.amazonaws.com/${awsPlan.registry.name}`]),
  );
});

test('an engine that does not answer is told once, and a preview needs none', async () => {
  const message = 'no Docker engine answers at unix:///nowhere';
  const publisher = new FakePublisher([], new UserError(message));
  expect(await found(there, publisher)).toEqual([{ path: [], message }]);
  expect(await found(there, publisher, true)).toEqual([]);
});
