/**
 * Brings images into a registry. The target gets it as an argument, so that it can be tested without
 * an engine.
 */
export interface ImagePublisher {
  /** Digest of the image with that tag; undefined where the repository has none. */
  find(repository: Repository, tag: string): Promise<string | undefined>;
  /**
   * Why what an image is made from cannot be had; none when it can.
   * @throws UserError where nothing can be made at all
   */
  baseProblems(recipe: ImageRecipe): Promise<readonly string[]>;
  /** Makes the image, pushes it under the tag and gives its digest. */
  publish(repository: Repository, tag: string, recipe: ImageRecipe): Promise<string>;
}

export interface Repository {
  /** Registry and path, without a tag. */
  readonly url: string;
  /** Asked for only when the registry is. @default what the engine's user has logged in with */
  readonly login?: () => Promise<RegistryLogin>;
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** An image made from another one by adding files, so that it needs no shell to be built. */
export interface ImageRecipe {
  readonly base: ImageBase;
  /** Path in the image -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that any user may write; a task's empty volume there takes their mode over. */
  readonly writableFolders: readonly string[];
  readonly platform: 'linux/amd64' | 'linux/arm64';
}

export type ImageBase =
  /** A reference, or the ID of an image on this engine. */
  | { readonly reference: string }
  /** A folder that is built first. */
  | {
      readonly context: string;
      readonly dockerfile: string;
      readonly args: Readonly<Record<string, string>>;
      /** Changes with the folder's content, and only with it. */
      readonly digest: string;
    };
