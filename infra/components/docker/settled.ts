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

/** The same for a container with a health check. The run also ends only when the engine calls it healthy. */
export function settleHealthy<T>(
  container: pulumi.CustomResource,
  {
    runtime,
    wanted,
    input,
    work,
  }: {
    readonly runtime: ContainerRuntime;
    readonly wanted: SettledContainer;
    readonly input: pulumi.Input<T>;
    readonly work: (input: pulumi.Unwrap<T>, id: string) => Promise<void>;
  },
): Settled {
  const settled = settle(container, input, work);
  void afterResource(settled.ready, undefined, (_, id) => runtime.awaitHealthy(id, wanted));
  return settled;
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
  return settleHealthy(container, {
    runtime,
    wanted,
    input: then?.input,
    work: async (value, id) => {
      await runtime.settle(id, wanted);
      await then?.work(value as pulumi.Unwrap<T>, id);
    },
  });
}
