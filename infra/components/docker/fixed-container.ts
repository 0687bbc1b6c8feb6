import { Container, type ContainerArgs } from '@pulumi/docker/container.js';
import type * as pulumi from '@pulumi/pulumi';
import { replacedOnChange } from './container-args.ts';

/**
 * The only container of its kind, with a fixed name: two servers on one volume would corrupt it, and a
 * port can be published once. The engine refuses a second container with the name, so the old one is
 * removed before the new one is created.
 */
export function fixedContainer(
  logicalName: string,
  args: ContainerArgs & { readonly name: string },
  opts: pulumi.CustomResourceOptions,
): Container {
  return new Container(
    logicalName,
    // The provider looks once a second, and at what the engine says: the runtime waits instead.
    { ...args, wait: false },
    {
      ...opts,
      deleteBeforeReplace: true,
      replaceOnChanges: replacedOnChange,
      // Stacks from before keep theirs: another value would replace a server that runs.
      ignoreChanges: [
        ...['wait', 'waitTimeout', 'healthcheck.interval', 'healthcheck.retries'],
        ...(opts.ignoreChanges ?? []),
      ],
    },
  );
}
