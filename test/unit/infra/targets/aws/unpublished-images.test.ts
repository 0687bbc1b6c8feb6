import { expect, test } from 'vitest';
import { plannedImages } from '../../../../../infra/targets/aws/images.ts';
import { stackProvider } from '../../../../../infra/targets/aws/provider.ts';
import { recipeDigest } from '../../../../../infra/targets/aws/published-image.ts';
import {
  unpublishedProblems,
  withPinnedBackend,
} from '../../../../../infra/targets/aws/unpublished-images.ts';
import { derivePlan } from '../../../../../src/derive/derive.ts';
import type { AwsPlan, LockedBackend } from '../../../../../src/derive/plan.ts';
import { type Problem, UserError } from '../../../../../src/errors.ts';
import { readImageLock } from '../../../../../src/images/lock-file.ts';
import { ProblemError } from '../../../../../src/stack/problems.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
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

const digest = `ghcr.io/acme/shop@sha256:${'1'.repeat(64)}`;

async function pinned(
  plan: AwsPlan,
  publisher: FakePublisher,
  folder: string,
  preview = false,
): Promise<AwsPlan> {
  let found: AwsPlan | undefined;
  await register(
    async () => {
      const invoke = { provider: stackProvider(plan.aws, {}) };
      const args = { plan, prepareScript: '// prepare', publisher, invoke };
      found = await withPinnedBackend(args, folder);
    },
    { preview, answers: { ...answers, ...registry } },
  );
  if (found === undefined) throw new Error('nothing was planned');
  return found;
}

test('the digest of a reference is recorded before an image is built from it', async () => {
  const folder = temporaryFolder();
  const { args, tags } = planned();
  const publisher = new FakePublisher();
  publisher.digests['ghcr.io/acme/shop:1.4.3'] = digest;
  const reads = async () => (await readImageLock(folder, 'prod'))?.backend;

  // What is published already stays the release; a preview records nothing.
  expect(await pinned(args.plan, new FakePublisher(tags), folder)).toBe(args.plan);
  expect(await pinned(args.plan, publisher, folder, true)).toBe(args.plan);

  const ids = args.plan.images.images;
  const whole = Object.fromEntries(
    Object.entries(ids).map(([key, image]) => [key, { ...image, ref: `sha256:${'2'.repeat(64)}` }]),
  );
  const plan = { ...args.plan, images: { ...args.plan.images, images: whole } };
  const next = await pinned(plan, publisher, folder);
  expect(await reads()).toEqual({
    name: 'ghcr.io/acme/shop:1.4.3',
    ref: digest,
    chosen: expect.any(String),
  });
  expect(next.images.backend).toEqual(await reads());
  const tagged = ({ tagPrefix, recipe }: (typeof release)['release']) =>
    `${tagPrefix}${recipeDigest(recipe)}`;
  const release = plannedImages({ ...args, plan: next });
  expect(release.release.recipe.base).toMatchObject({ reference: digest });
  // The first choice is the image that an earlier version would have published.
  expect(tagged(release.release)).toBe(tags[0]);

  const updated = { ...(next.images.backend as LockedBackend), updates: 1 };
  const after = { ...next, images: { ...next.images, backend: updated } };
  expect(tagged(plannedImages({ ...args, plan: after }).release)).not.toBe(tags[0]);
});
