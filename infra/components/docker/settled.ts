import * as pulumi from '@pulumi/pulumi';
import { afterResource } from '../../after-resource.ts';

export interface Settled {
  /** The resource's ID, known once the work on it is done. */
  readonly id: pulumi.Output<string>;
  /** Resolves at the same time, for `dependsOn`. */
  readonly ready: Promise<pulumi.Resource>;
}

/** As `afterResource`, with an ID that waits for the work too. */
export function settle<T>(
  resource: pulumi.CustomResource,
  input: pulumi.Input<T>,
  work: (input: pulumi.Unwrap<T>, id: string) => Promise<void>,
): Settled {
  const ready = afterResource(resource, input, work);
  if (pulumi.runtime.isDryRun()) return { id: resource.id, ready };
  const id = resource.id.apply(async (known) => {
    await ready;
    return known;
  });
  return { id, ready };
}
