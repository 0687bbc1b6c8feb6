import type { Container } from '@pulumi/docker/container.js';
import * as pulumi from '@pulumi/pulumi';
import { toRunError } from '../../run-error.ts';

export interface Settled {
  /** The container's id once the work on it is done. */
  readonly id: pulumi.Output<string>;
  /**
   * Resolves at the same time, for `dependsOn`: a promise and not an output, so that a preview does
   * not take the inputs of what depends on it as unknown.
   */
  readonly ready: Promise<pulumi.Resource>;
}

/** Does what the provider cannot do, after it has done its part; nothing in a preview. */
export function afterwards(container: Container, work: (id: string) => Promise<void>): Settled {
  return afterwardsWith(container, undefined, work);
}

/** The same for work that needs a value which is known only then. */
export function afterwardsWith<T>(
  container: Container,
  input: pulumi.Input<T>,
  work: (id: string, input: pulumi.Unwrap<T>) => Promise<void>,
): Settled {
  if (pulumi.runtime.isDryRun()) {
    return { id: container.id, ready: Promise.resolve(container) };
  }
  const ready = new Promise<pulumi.Resource>((resolve, reject) => {
    pulumi.all([container.id, pulumi.output(input)]).apply(([id, value]) =>
      work(id, value as pulumi.Unwrap<T>).then(
        () => resolve(container),
        (error) => reject(toRunError(error)),
      ),
    );
  });
  const id = container.id.apply(async (known) => {
    await ready;
    return known;
  });
  return { id, ready };
}
