import * as pulumi from '@pulumi/pulumi';
import { toRunError } from '../../run-error.ts';

/**
 * Does what has to wait until the release of this run serves and the earlier ones have stopped; nothing
 * in a preview. Pulumi removes the earlier containers only when this has ended well.
 */
export function afterRelease<T>(
  released: Promise<unknown>,
  input: pulumi.Input<T>,
  work: (input: pulumi.Unwrap<T>) => Promise<void>,
): void {
  if (pulumi.runtime.isDryRun()) return;
  pulumi.all([released, pulumi.output(input)]).apply(async ([, value]) => {
    try {
      await work(value as pulumi.Unwrap<T>);
    } catch (error) {
      throw toRunError(error);
    }
  });
}
