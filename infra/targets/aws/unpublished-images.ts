import { getAuthorizationToken } from '@pulumi/aws/ecr/getAuthorizationToken.js';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../../../src/errors.ts';
import type { Repository } from '../../../src/images/publish/image-publisher.ts';
import type { Problem } from '../../../src/stack/problems.ts';
import { type AwsImagesArgs, type PlannedImage, plannedImages } from './images.ts';
import { recipeDigest } from './published-image.ts';

/**
 * What would keep an image from being made and pushed, known before the first resource: no engine, a base
 * that is not to be had, a registry that refuses. An image that is in the repository already needs none
 * of it, and no engine is asked then.
 */
export async function unpublishedProblems(
  args: Pick<
    AwsImagesArgs,
    'plan' | 'aws' | 'buildContext' | 'prepareScript' | 'publisher' | 'invoke'
  >,
): Promise<Problem[]> {
  const repository = await repositoryOf(args);
  if (repository === undefined) return [];
  const { release, sql } = plannedImages(args);
  const asked = await Promise.all([
    problemsOf(args, repository, ['backend', 'image'], release),
    ...(sql ? [problemsOf(args, repository, ['images', 'source'], sql)] : []),
  ]);
  // One engine, or one registry, that fails for both is told once.
  return asked
    .flat()
    .filter(({ message }, index, all) => all.findIndex((one) => one.message === message) === index);
}

/** By its name, since it may not be made yet; undefined where AWS does not answer, which facts then tell. */
async function repositoryOf({
  aws: { registry },
  invoke,
}: Pick<AwsImagesArgs, 'aws' | 'invoke'>): Promise<Repository | undefined> {
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
  path: Problem['path'],
  { tagPrefix, recipe }: PlannedImage,
): Promise<Problem[]> {
  try {
    const tag = `${tagPrefix}${recipeDigest(recipe)}`;
    const found = await tagIn(publisher, repository, tag);
    if (found !== 'missing') return [];
    return (await publisher.baseProblems(recipe)).map((message) => ({ path, message }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // A preview makes no image, and so needs no engine.
    return pulumi.runtime.isDryRun() ? [] : [{ path: [], message: error.message }];
  }
}

/** What a registry does not say is left to the run, which asks again. */
async function tagIn(
  publisher: AwsImagesArgs['publisher'],
  repository: Repository,
  tag: string,
): Promise<'there' | 'missing' | 'unknown'> {
  try {
    return (await publisher.find(repository, tag)) === undefined ? 'missing' : 'there';
  } catch (error) {
    if (error instanceof UserError) return 'unknown';
    throw error;
  }
}
