import * as pulumi from '@pulumi/pulumi';
import { toRunError } from '../../run-error.ts';

/**
 * Does what the provider cannot do once a resource and a value are there; nothing in a preview. For
 * `dependsOn`: a promise and not an output, so that a preview does not take the inputs of what depends
 * on it as unknown.
 * @param resource or what an earlier call gave, to do this after it
 */
export async function afterResource<T>(
  resource: pulumi.CustomResource | Promise<pulumi.CustomResource>,
  input: pulumi.Input<T>,
  work: (input: pulumi.Unwrap<T>) => Promise<void>,
): Promise<pulumi.CustomResource> {
  const there = await resource;
  if (pulumi.runtime.isDryRun()) return there;
  return new Promise((resolve, reject) => {
    pulumi.all([there.id, pulumi.output(input)]).apply(([, value]) =>
      work(value as pulumi.Unwrap<T>).then(
        () => resolve(there),
        (error) => reject(toRunError(error)),
      ),
    );
  });
}
