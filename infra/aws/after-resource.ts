import * as pulumi from '@pulumi/pulumi';
import { toRunError } from '../run-error.ts';

/**
 * Does what the provider cannot do once a resource and a value are there; nothing in a preview. For
 * `dependsOn`: a promise and not an output, so that a preview does not take the inputs of what depends
 * on it as unknown.
 */
export function afterResource<T>(
  resource: pulumi.CustomResource,
  input: pulumi.Input<T>,
  work: (input: pulumi.Unwrap<T>) => Promise<void>,
): Promise<pulumi.Resource> {
  if (pulumi.runtime.isDryRun()) return Promise.resolve(resource);
  return new Promise((resolve, reject) => {
    pulumi.all([resource.id, pulumi.output(input)]).apply(([, value]) =>
      work(value as pulumi.Unwrap<T>).then(
        () => resolve(resource),
        (error) => reject(toRunError(error)),
      ),
    );
  });
}
