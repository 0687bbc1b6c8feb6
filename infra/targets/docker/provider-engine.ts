import type { Provider } from '@pulumi/docker/provider.js';
import type * as pulumi from '@pulumi/pulumi';
import type Docker from 'dockerode';
import { engineAt } from '../../../src/docker/engine-at.ts';
import { connectEngine } from '../../../src/docker/images.ts';
import { UserError } from '../../../src/errors.ts';
import { engineHosts } from '../../../toolchain/engine.ts';
import { knownValue } from '../../known-value.ts';

/**
 * The engine that a Docker provider talks to, so that checks, images and releases are on the same one.
 * @param provider undefined: Pulumi's default provider
 * @throws UserError if it is reached in a way that the kit does not know
 */
export async function providerEngine(
  provider: pulumi.ProviderResource | undefined,
): Promise<Docker> {
  if (provider === undefined) return connectEngine();
  const own = provider as Provider;
  const [context, host, certPath, certMaterial] = await Promise.all([
    knownValue(own.context),
    knownValue(own.host),
    knownValue(own.certPath),
    knownValue(own.certMaterial),
  ]);
  if (certMaterial) {
    throw new UserError(
      "the Docker provider has its certificate as text; write it to a folder and set the provider's certPath",
      'engine-unreachable',
    );
  }
  const named = context
    ? engineHosts({ ...process.env, DOCKER_HOST: '', DOCKER_CONTEXT: context })[0]
    : host;
  if (!named) return connectEngine();
  return engineAt({ host: named, ...(certPath ? { certPath } : {}) });
}
