import { createHash } from 'node:crypto';
import { RemoteImage } from '@pulumi/docker/remoteImage.js';
import * as pulumi from '@pulumi/pulumi';
import type { BuildContext } from '../../../src/images/build-context.ts';

export interface BackendImageArgs {
  /** Name of the image on the engine, without a tag. */
  readonly repository: string;
  /** A reference to use, or a folder to build. */
  readonly source: { readonly reference: string } | BuildContext;
}

/** The backend's image, as the ID that containers run. */
export class BackendImage extends pulumi.ComponentResource {
  /** `sha256:…`, which names the same content for ever. */
  readonly imageId: pulumi.Output<string>;
  /** Name for people. */
  readonly imageName: pulumi.Output<string>;

  constructor(name: string, args: BackendImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:BackendImage', name, {}, opts);
    const image =
      'reference' in args.source
        ? new RemoteImage(
            `${name}-pull`,
            { name: args.source.reference, keepLocally: true },
            { parent: this },
          )
        : built(`${name}-build`, args.repository, args.source, this);
    this.imageId = image.imageId;
    this.imageName = image.name;
    this.registerOutputs();
  }
}

function built(
  name: string,
  repository: string,
  build: BuildContext,
  parent: pulumi.Resource,
): RemoteImage {
  return new RemoteImage(
    name,
    {
      // A tag of its own for each build: removing the old one never takes the new one's name away.
      name: `${repository}:${tagOf(build)}`,
      build: {
        context: build.context,
        dockerfile: build.dockerfile,
        buildArgs: { ...build.args },
      },
      triggers: { inputs: build.digest },
      // A container that some interrupted run left behind must not make the removal fail.
      forceRemove: true,
    },
    { parent, deleteBeforeReplace: false },
  );
}

/** The place counts too: a move of it (another machine) is a new build of the same content. */
function tagOf(build: BuildContext): string {
  return createHash('sha256')
    .update(`${build.digest}\n${build.context}`)
    .digest('hex')
    .slice(0, 12);
}
