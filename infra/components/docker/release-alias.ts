import { createHmac } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { canonicalJson } from '../../../src/canonical-json.ts';

/**
 * Name that the replicas of one release share and no others have: `<alias>-<12 hex>`. The same inputs
 * give the same name. It is not a secret although it depends on secrets: without the key, which is a
 * secret itself, nothing can be guessed from it.
 */
export function releaseAlias(
  alias: string,
  replica: pulumi.Input<object>,
  key: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.unsecret(
    pulumi
      .all([replica, key])
      .apply(([inputs, secret]) => `${alias}-${fingerprint(inputs, secret).slice(0, 12)}`),
  );
}

/** Keyed digest (HMAC-SHA-256, hex) of a plain value, independent of the order of its keys. */
export function fingerprint(value: unknown, key: string): string {
  return createHmac('sha256', key).update(canonicalJson(value)).digest('hex');
}
