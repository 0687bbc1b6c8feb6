import * as pulumi from '@pulumi/pulumi';
import type { ContainerRuntime, Uploads } from '../../../src/docker/container-runtime.ts';
import { afterRelease } from './after-release.ts';
import type { Labels, VolumeMount } from './container-args.ts';
import { dataVolume } from './data-volume.ts';
import { afterwardsWith } from './settled.ts';

export interface UploadsVolumeArgs {
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  /** Name on the engine. */
  readonly volumeName: string;
  /** Whether the volume outlives `destroy`. */
  readonly keep: boolean;
  /** Folder in the container: absolute, or from the image's working folder. */
  readonly folder: string;
  /** ID of the image whose replicas get it. */
  readonly image: pulumi.Input<string>;
}

/** The files that a shop uploads, in a volume that replicas and jobs of the backend share. */
export class UploadsVolume extends pulumi.ComponentResource {
  /** For a container of the image. */
  readonly mount: VolumeMount;
  /** Resolves when the image's user may write, and the files of earlier replicas are there. */
  readonly ready: Promise<pulumi.Resource>;
  readonly #runtime: ContainerRuntime;
  readonly #uploads: pulumi.Output<Uploads>;

  constructor(name: string, args: UploadsVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:docker:UploadsVolume', name, {}, opts);
    const { folder, labels, runtime } = args;
    const volume = dataVolume(
      `${name}-volume`,
      { name: args.volumeName, keep: args.keep, labels, component: 'uploads' },
      this,
    );
    const image = pulumi.output(args.image);
    const path = image.apply((id) => runtime.uploadsFolder(id, folder));
    this.mount = { name: volume.name, path };
    this.#runtime = runtime;
    this.#uploads = pulumi.all([volume.name, image, path]).apply(([volumeName, id, place]) => ({
      volume: volumeName,
      image: id,
      folder,
      path: place,
      labels,
    }));
    this.ready = afterwardsWith(volume, this.#uploads, (_, uploads) =>
      runtime.prepareUploads(uploads),
    ).ready;
    this.registerOutputs();
  }

  /** Takes what the earlier replicas got until they stopped; nothing in a preview. */
  finishAfter(released: Promise<unknown>): void {
    afterRelease(released, this.#uploads, (uploads) => this.#runtime.finishUploads(uploads));
  }
}
