import * as pulumi from '@pulumi/pulumi';
import { whenKnown } from '../../after-resource.ts';

/**
 * Does what has to wait until the release of this run is running and the previous one has stopped;
 * nothing in a preview. Pulumi removes the previous containers only if it succeeds.
 */
export function afterRelease<T>(
  released: Promise<unknown>,
  input: pulumi.Input<T>,
  work: (input: pulumi.Unwrap<T>) => Promise<void>,
): void {
  if (pulumi.runtime.isDryRun()) return;
  void whenKnown(pulumi.all([released, pulumi.output(input)]), ([, value]) =>
    work(value as pulumi.Unwrap<T>),
  );
}
