export interface RegistryPlan {
  readonly name: string;
  /** Your own repository, as `host[:port]/path`, in place of one of the stack's in ECR. */
  readonly url?: string;
  /** How many images of each kind are kept. */
  readonly keep: { readonly release: number; readonly sql: number };
  readonly untaggedDays: number;
}

/** An image made from another one by adding files; pushed to the stack's repository. */
export interface DerivedImagePlan {
  readonly tagPrefix: string;
  /** Path in the image -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Path in the image -> absolute path on this machine. */
  readonly machineFiles: Readonly<Record<string, string>>;
  /** Where the bundled prepare script goes; undefined: not in this image. */
  readonly prepareScriptPath?: string;
  /** Folders that any user may write (mode 1777), declared as volumes. */
  readonly writableFolders: readonly string[];
}

export type ImageRef = 'release' | 'sql';
