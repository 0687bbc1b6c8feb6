import * as pulumi from '@pulumi/pulumi';
import type { ContainerRuntime, Uploads } from '../../../src/docker/container-runtime.ts';
import { afterResource } from '../../after-resource.ts';
import { afterRelease } from './after-release.ts';
import type { Labels, VolumeMount } from './container-args.ts';
import { dataVolume } from './data-volume.ts';

export interface UploadsVolumeArgs {
  readonly labels: Labels;
  readonly runtime: ContainerRuntime;
  /** Name on the engine. */
  readonly volumeName: string;
  /** Whether `destroy` keeps the volume. */
  readonly keep: boolean;
  /** Folder in the container: absolute, or relative to the image's working folder. */
  readonly folder: string;
  /** ID of the image of the replicas. */
  readonly image: pulumi.Input<string>;
}

/** Uploaded files, in a volume that replicas and jobs of the backend share. */
export class UploadsVolume extends pulumi.ComponentResource {
  /** For containers of the image. */
  readonly mount: VolumeMount;
  /** Resolves when the image's user may write, and the files of previous replicas are copied. */
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
    this.ready = afterResource(volume, this.#uploads, (uploads) => runtime.prepareUploads(uploads));
    this.registerOutputs();
  }

  /** Copies the files that the previous replicas received until they stopped; nothing in a preview. */
  finishAfter(released: Promise<unknown>): void {
    afterRelease(released, this.#uploads, (uploads) => this.#runtime.finishUploads(uploads));
  }
}
