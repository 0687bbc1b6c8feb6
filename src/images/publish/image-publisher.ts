import type { Problem } from '../../errors.ts';

/** Publishes images to a registry. The target gets it as an argument, so that it can be tested without an engine. */
export interface ImagePublisher {
  /** Digest of the image with that tag; undefined if the repository has none. */
  find(repository: Repository, tag: string): Promise<string | undefined>;
  /**
   * Why the base of an image is not available; none if it is. `path` only where it is known.
   * @throws UserError if no image can be built at all
   */
  baseProblems(recipe: ImageRecipe): Promise<readonly Problem[]>;
  /** A reference by its digest, which an engine has or its registry reports; undefined: it has none. */
  digestOf(reference: string): Promise<string | undefined>;
  /** Builds the image and pushes it under the tag. @returns its digest */
  publish(repository: Repository, tag: string, recipe: ImageRecipe): Promise<string>;
}

export interface Repository {
  /** Registry and path, without a tag. */
  readonly url: string;
  /** Called only if the registry is asked. @default the login that Docker has stored */
  readonly login?: () => Promise<RegistryLogin>;
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** An image that adds files to another one, so that its build needs no shell. */
export interface ImageRecipe {
  readonly base: ImageBase;
  /** Path in the image -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that any user may write to; an empty volume of a task there gets their mode. */
  readonly writableFolders: readonly string[];
  readonly platform: 'linux/amd64' | 'linux/arm64';
}

export type ImageBase =
  /** A reference, or the ID of an image on this engine. */
  | {
      readonly reference: string;
      /** What the tag of the published image is computed from. @default the reference */
      readonly identity?: string;
    }
  /** A folder, which is built first. */
  | {
      readonly context: string;
      readonly dockerfile: string;
      readonly args: Readonly<Record<string, string>>;
      /** Changes only with the folder's content. */
      readonly digest: string;
    };
