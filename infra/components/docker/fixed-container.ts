import { Container, type ContainerArgs } from '@pulumi/docker/container.js';
import type * as pulumi from '@pulumi/pulumi';
import { replacedOnChange } from './container-args.ts';

/**
 * A container of which there is only ever one, under a fixed name: two servers on one volume would
 * ruin it, and a port can be published once. The engine itself refuses a second one of the name, so
 * the old one is removed before the new one is made.
 */
export function fixedContainer(
  logicalName: string,
  args: ContainerArgs & { readonly name: string },
  opts: pulumi.CustomResourceOptions,
): Container {
  return new Container(logicalName, args, {
    ...opts,
    deleteBeforeReplace: true,
    replaceOnChanges: replacedOnChange,
  });
}
