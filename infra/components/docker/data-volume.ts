import { Volume } from '@pulumi/docker/volume.js';
import type * as pulumi from '@pulumi/pulumi';
import { componentLabels, type Labels } from './container-args.ts';

export interface DataVolume {
  /** Name on the engine. */
  readonly name: string;
  /** Whether the volume outlives `destroy`. */
  readonly keep: boolean;
}

/**
 * A volume that no update ever replaces: everything that would force it is ignored once it exists.
 * One that is kept stays on the engine after `destroy` and is found again by its fixed name.
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
