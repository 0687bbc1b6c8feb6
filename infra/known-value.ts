import * as pulumi from '@pulumi/pulumi';

/**
 * A setting of a provider, which is needed before resources are created, also in a preview.
 * @returns undefined if it is not set, or unknown, which `apply` would wait for in vain: in a preview a setting that is
 * not set is unknown
 */
export async function knownValue<T>(input: pulumi.Input<T>): Promise<T | undefined> {
  // Not in the SDK's types, but what all copies of the SDK agree on.
  const output = pulumi.output(input) as unknown as {
    readonly isKnown: Promise<boolean>;
    promise(): Promise<T>;
  };
  return (await output.isKnown) ? output.promise() : undefined;
}
