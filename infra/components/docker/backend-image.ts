import { createHash } from 'node:crypto';
import { RemoteImage } from '@pulumi/docker/remoteImage.js';
import * as pulumi from '@pulumi/pulumi';
import type { BuildContext } from '../../../src/images/build-context.ts';

export interface BackendImageArgs {
  /** Name of the image on the engine, without a tag. */
  readonly repository: string;
  /**
   * A reference, or a folder to build. Containers run the image `pinnedId` where there is one, whatever the
   * reference means by now; the engine must have it.
   */
  readonly source: { readonly reference: string; readonly pinnedId?: string } | BuildContext;
}

/** The backend's image, as the ID that containers use. */
export class BackendImage extends pulumi.ComponentResource {
  /** `sha256:…`: always the same content. */
  readonly imageId: pulumi.Output<string>;
  /** Name for users. */
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
    const pinned = 'reference' in args.source ? args.source.pinnedId : undefined;
    this.imageId = pinned === undefined ? image.imageId : pulumi.output(pinned);
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
      // A separate tag for each build, so that removing the old one never removes the name of the new one.
      name: `${repository}:${tagOf(build)}`,
      build: {
        context: build.context,
        dockerfile: build.dockerfile,
        buildArgs: { ...build.args },
      },
      triggers: { inputs: build.digest },
      // The removal must succeed even if an interrupted run has left a container.
      forceRemove: true,
    },
    { parent, deleteBeforeReplace: false },
  );
}

/**
 * Of the content, wherever the checkout lies. Includes the path of its copy, which differs only with the cache folder: the
 * provider would build it again under the same name, and then remove that name with the old image.
 */
function tagOf(build: BuildContext): string {
  return createHash('sha256')
    .update(`${build.digest}\n${build.context}`)
    .digest('hex')
    .slice(0, 12);
}
