import * as pulumi from '@pulumi/pulumi';
import { toRunError } from '../../run-error.ts';

export interface Settled {
  /** The resource's id once the work on it is done. */
  readonly id: pulumi.Output<string>;
  /**
   * Resolves at the same time, for `dependsOn`: a promise and not an output, so that a preview does
   * not take the inputs of what depends on it as unknown.
   */
  readonly ready: Promise<pulumi.Resource>;
}

/** Does what the provider cannot do, after it has done its part; nothing in a preview. */
export function afterwards(
  resource: pulumi.CustomResource,
  work: (id: string) => Promise<void>,
): Settled {
  return afterwardsWith(resource, undefined, work);
}

/** The same for work that needs a value which is known only then. */
export function afterwardsWith<T>(
  resource: pulumi.CustomResource,
  input: pulumi.Input<T>,
  work: (id: string, input: pulumi.Unwrap<T>) => Promise<void>,
): Settled {
  if (pulumi.runtime.isDryRun()) {
    return { id: resource.id, ready: Promise.resolve(resource) };
  }
  const ready = new Promise<pulumi.Resource>((resolve, reject) => {
    pulumi.all([resource.id, pulumi.output(input)]).apply(([id, value]) =>
      work(id, value as pulumi.Unwrap<T>).then(
        () => resolve(resource),
        (error) => reject(toRunError(error)),
      ),
    );
  });
  const id = resource.id.apply(async (known) => {
    await ready;
    return known;
  });
  return { id, ready };
}
