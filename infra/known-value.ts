import * as pulumi from '@pulumi/pulumi';

/**
 * A value that has to be known before resources are created, also in a preview.
 * @returns undefined if it is unknown, which `apply` would wait for in vain
 */
export async function knownValue<T>(input: T): Promise<pulumi.Unwrap<T> | undefined> {
  // Not in the SDK's types, but what all copies of the SDK agree on.
  const output = pulumi.output(input) as unknown as {
    readonly isKnown: Promise<boolean>;
    promise(): Promise<pulumi.Unwrap<T>>;
  };
  return (await output.isKnown) ? output.promise() : undefined;
}
