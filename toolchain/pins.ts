import { readFileSync } from 'node:fs';

/** One platform's package of the npm registry that holds a Node binary. */
export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the tarball, as in a lockfile. */
  readonly integrity: string;
}

/** The versions that this project was proven with; `toolchain/go` pins what the builds are made of. */
export interface Pins {
  readonly pulumi: string;
  readonly languageHost: string;
  readonly plugins: { readonly docker: string; readonly random: string };
  readonly node: {
    readonly minimumMajor: number;
    readonly packages: Readonly<Record<string, NodePackage | undefined>>;
  };
}

export const pins: Pins = JSON.parse(
  readFileSync(new URL('./pins.json', import.meta.url), 'utf8'),
) as Pins;

/** This machine in the words of Node and of Pulumi's archives: `linux-x64`. */
export const platform = `${process.platform}-${process.arch}`;
