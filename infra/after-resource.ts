import * as pulumi from '@pulumi/pulumi';
import { trackEffect } from './effects.ts';
import { toRunError } from './run-error.ts';

/**
 * Does what the provider cannot do, once a resource exists and a value is known; nothing in a preview.
 * For `dependsOn`: a promise and not an output, so that a preview does not take the inputs of what
 * depends on it as unknown.
 * @param resource or what an earlier call returned, to do this after it
 * @param input a value that the work needs, known only then
 */
export function afterResource<T>(
  resource: pulumi.CustomResource | Promise<pulumi.CustomResource>,
  input: pulumi.Input<T>,
  work: (input: pulumi.Unwrap<T>, id: string) => Promise<void>,
): Promise<pulumi.CustomResource> {
  if (resource instanceof Promise) return resource.then((each) => afterResource(each, input, work));
  if (pulumi.runtime.isDryRun()) return Promise.resolve(resource);
  return whenKnown(pulumi.all([resource.id, pulumi.output(input)]), async ([id, value]) => {
    await work(value as pulumi.Unwrap<T>, id);
    return resource;
  });
}

/** Work that begins once a value is known, and that the program waits for. */
export function whenKnown<T, R>(
  value: pulumi.Output<T>,
  work: (value: T) => Promise<R>,
): Promise<R> {
  return trackEffect(
    new Promise((resolve, reject) => {
      value.apply((known) => work(known).then(resolve, (error) => reject(toRunError(error))));
    }),
  );
}
