import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root.ts';

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
  /** What target aws needs; apart, so that a change of it leaves the keys of the others. */
  readonly aws: {
    /** The version of @pulumi/aws. */
    readonly plugin: string;
    /** The Terraform provider of that version: its commit, and the hash of its sources as in a go.sum. */
    readonly provider: { readonly version: string; readonly sum: string };
    /** Its service packages that the resources in `go/plugin-aws/aws/names.go` are of. */
    readonly services: readonly string[];
  };
  readonly node: {
    readonly minimumMajor: number;
    readonly packages: Readonly<Record<string, NodePackage | undefined>>;
  };
}

export const pins: Pins = JSON.parse(
  readFileSync(path.join(packageRoot, 'toolchain/pins.json'), 'utf8'),
) as Pins;

/** This machine in the words of Node and of Pulumi's archives: `linux-x64`. */
export const platform = `${process.platform}-${process.arch}`;
