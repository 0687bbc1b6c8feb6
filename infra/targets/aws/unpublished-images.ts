import { getAuthorizationToken } from '@pulumi/aws/ecr/getAuthorizationToken.js';
import * as pulumi from '@pulumi/pulumi';
import { isTag, pinnedBackend } from '../../../src/derive/images.ts';
import type { AwsPlan } from '../../../src/derive/plan.ts';
import { type Problem, UserError } from '../../../src/errors.ts';
import { writeImageLock } from '../../../src/images/lock-file.ts';
import type { Repository } from '../../../src/images/publish/image-publisher.ts';
import { withDates } from '../../../src/images/stack-images.ts';
import { ProblemError } from '../../../src/stack/problems.ts';
import { type AwsImagesArgs, type PlannedImage, plannedImages } from './images.ts';
import { recipeDigest } from './published-image.ts';

/**
 * What would keep an image from being built and pushed, known before the first resource: no engine, a base
 * that is not available, a registry that refuses. An image that is already in the repository needs none of
 * these, and no engine is asked.
 */
export async function unpublishedProblems(
  args: Pick<AwsImagesArgs, 'plan' | 'buildContext' | 'prepareScript' | 'publisher' | 'invoke'>,
): Promise<Problem[]> {
  const repository = await repositoryOf(args);
  if (repository === undefined) return [];
  const { release, sql } = plannedImages(args);
  const asked = await Promise.all([
    problemsOf(args, repository, ['backend', 'image'], release),
    ...(sql ? [problemsOf(args, repository, ['images', 'source'], sql)] : []),
  ]);
  // An engine or a registry that fails for both images is reported once.
  return asked
    .flat()
    .filter(({ message }, index, all) => all.findIndex((one) => one.message === message) === index);
}

/**
 * The plan with the backend's digest, if an image has to be built from a reference that the lock does not
 * pin: recorded before that, so that every later one has the same base. A preview records nothing.
 */
export async function withPinnedBackend(
  args: Pick<AwsImagesArgs, 'plan' | 'buildContext' | 'prepareScript' | 'publisher' | 'invoke'>,
  folder: string,
): Promise<AwsPlan> {
  const { plan, publisher } = args;
  const { image } = plan.backend;
  if (pulumi.runtime.isDryRun() || !isTag(image) || pinnedBackend(image, plan.images)) return plan;
  const repository = await repositoryOf(args);
  const { release } = plannedImages(args);
  const tag = `${release.tagPrefix}${recipeDigest(release.recipe)}`;
  if (!repository || (await tagIn(publisher, repository, tag)) !== 'missing') return plan;
  const ref = await publisher.digestOf(image.reference);
  if (ref === undefined) return plan;
  const images = withDates(
    { ...plan.images, backend: { name: image.reference, ref } },
    plan.images,
    new Date(),
  );
  await writeImageLock(folder, plan.stack, images);
  return { ...plan, images };
}

/** By its name, since it may not exist yet; undefined if AWS does not answer, which `awsFacts` reports. */
async function repositoryOf({
  plan,
  invoke,
}: Pick<AwsImagesArgs, 'plan' | 'invoke'>): Promise<Repository | undefined> {
  const { registry } = plan.aws;
  if (registry.url !== undefined) return { url: registry.url };
  try {
    const { proxyEndpoint, userName, password } = await getAuthorizationToken({}, invoke);
    const host = new URL(proxyEndpoint).host;
    return {
      url: `${host}/${registry.name}`,
      login: async () => ({ username: userName, password }),
    };
  } catch {
    return undefined;
  }
}

async function problemsOf(
  { publisher }: Pick<AwsImagesArgs, 'publisher'>,
  repository: Repository,
  path: NonNullable<Problem['path']>,
  { tagPrefix, recipe }: PlannedImage,
): Promise<Problem[]> {
  try {
    const tag = `${tagPrefix}${recipeDigest(recipe)}`;
    const found = await tagIn(publisher, repository, tag);
    if (found !== 'missing') return [];
    return (await publisher.baseProblems(recipe)).map((problem) => ({ path, ...problem }));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    // A preview builds no image, and so needs no engine.
    return pulumi.runtime.isDryRun() ? [] : [error.problem];
  }
}

/** If the registry does not say, the run asks again. */
async function tagIn(
  publisher: AwsImagesArgs['publisher'],
  repository: Repository,
  tag: string,
): Promise<'exists' | 'missing' | 'unknown'> {
  try {
    return (await publisher.find(repository, tag)) === undefined ? 'missing' : 'exists';
  } catch (error) {
    if (error instanceof UserError) return 'unknown';
    throw error;
  }
}
