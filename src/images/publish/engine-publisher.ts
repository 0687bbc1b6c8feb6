import type Docker from 'dockerode';
import type { Problem } from '../../errors.ts';
import type { ImagePublisher, ImageRecipe, Repository } from './image-publisher.ts';
import { loginOf } from './registry-login.ts';
import { lookUpTag } from './registry-lookup.ts';

interface EnginePublisherOptions {
  /** @default the engine of DOCKER_HOST or the system's socket */
  readonly engine?: Docker;
  readonly log: (line: string) => void;
}

/** Builds on a Docker engine and pushes from it; an image in the registry needs no engine. */
export class EnginePublisher implements ImagePublisher {
  readonly #options: EnginePublisherOptions;
  /** Reference -> digest; an image that was found is not removed while a run takes. */
  readonly #found = new Map<string, string>();

  constructor(options: EnginePublisherOptions) {
    this.#options = options;
  }

  async find(repository: Repository, tag: string): Promise<string | undefined> {
    const reference = `${repository.url}:${tag}`;
    const known = this.#found.get(reference);
    if (known !== undefined) return known;
    const digest = await lookUpTag(repository.url, tag, await loginOf(repository));
    if (digest !== undefined) this.#found.set(reference, digest);
    return digest;
  }

  async baseProblems(recipe: ImageRecipe): Promise<readonly Problem[]> {
    const { baseProblems } = await import('./build-and-push.ts');
    return baseProblems(recipe, this.#options);
  }

  async digestOf(reference: string): Promise<string | undefined> {
    const { referenceDigest } = await import('./build-and-push.ts');
    return referenceDigest(reference, this.#options);
  }

  async publish(repository: Repository, tag: string, recipe: ImageRecipe): Promise<string> {
    // Loads a hundred files, for the rare run that builds an image.
    const { buildAndPush } = await import('./build-and-push.ts');
    return buildAndPush(repository, tag, recipe, this.#options);
  }
}
