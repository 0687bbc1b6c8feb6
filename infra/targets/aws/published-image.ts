import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import type {
  ImagePublisher,
  ImageRecipe,
  Repository,
} from '../../../src/images/publish/image-publisher.ts';

export interface PublishedImageArgs {
  readonly publisher: ImagePublisher;
  readonly repositoryUrl: pulumi.Input<string>;
  readonly login?: Repository['login'];
  /** Prefix of the tag, such as `release-`; a digest of the recipe follows. */
  readonly tagPrefix: string;
  readonly recipe: ImageRecipe;
}

/**
 * An image in a registry, by digest. It is built only if its tag is missing, so any machine can run the
 * next `up`: the images of an engine are not part of the state. A preview builds nothing.
 */
export function publishedImage(args: PublishedImageArgs): pulumi.Output<string> {
  const { publisher, login, recipe } = args;
  const tag = `${args.tagPrefix}${recipeDigest(recipe)}`;
  return pulumi.output(args.repositoryUrl).apply(async (url): Promise<string> => {
    const repository: Repository = { url, ...(login ? { login } : {}) };
    const found = await publisher.find(repository, tag);
    if (found !== undefined) return `${url}@${found}`;
    if (pulumi.runtime.isDryRun()) return pulumi.unknown as unknown as string;
    return `${url}@${await publisher.publish(repository, tag, recipe)}`;
  });
}

/** The same for the same content, at any path. */
export function recipeDigest({ base, files, writableFolders, platform }: ImageRecipe): string {
  const content = [
    'reference' in base ? (base.identity ?? base.reference) : base.digest,
    Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1)),
    [...writableFolders].sort(),
    platform,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
