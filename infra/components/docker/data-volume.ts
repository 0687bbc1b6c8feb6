import { Volume } from '@pulumi/docker/volume.js';
import type * as pulumi from '@pulumi/pulumi';
import { componentLabels, type Labels } from './container-args.ts';

export interface DataVolume {
  /** Name on the engine. */
  readonly name: string;
  /** Whether `destroy` keeps the volume. */
  readonly keep: boolean;
}

/**
 * A volume that no update ever replaces: every change that would is ignored once it exists. If it is kept,
 * it stays on the engine after `destroy`, and its fixed name finds it again.
 */
export function dataVolume(
  logicalName: string,
  args: DataVolume & {
    readonly labels: Labels;
    readonly component: string;
  },
  parent: pulumi.Resource | undefined,
): Volume {
  return new Volume(
    logicalName,
    { name: args.name, labels: componentLabels(args.labels, args.component) },
    {
      parent,
      retainOnDelete: args.keep,
      ignoreChanges: ['labels', 'driver', 'driverOpts'],
      deleteBeforeReplace: true,
    },
  );
}
