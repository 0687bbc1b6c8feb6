import * as pulumi from '@pulumi/pulumi';
import type { ContainerRuntime, SettledContainer } from '../../../src/docker/container-runtime.ts';
import { afterResource } from '../../after-resource.ts';

export interface Settled {
  /** The resource's ID, known once the work on it is done. */
  readonly id: pulumi.Output<string>;
  /** Resolves at the same time, for `dependsOn`. */
  readonly ready: Promise<pulumi.CustomResource>;
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

/** The same for a server of which there is one, after its health check succeeded. @param work what else it needs */
export function settleServer<T = undefined>(
  container: pulumi.CustomResource,
  runtime: ContainerRuntime,
  wanted: SettledContainer,
  then?: {
    readonly input: pulumi.Input<T>;
    readonly work: (input: pulumi.Unwrap<T>, id: string) => Promise<void>;
  },
): Settled {
  return settle(container, then?.input, async (value, id) => {
    await runtime.settle(id, wanted);
    await then?.work(value as pulumi.Unwrap<T>, id);
  });
}
