import * as pulumi from '@pulumi/pulumi';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { PrivateNetwork } from '../../components/docker/private-network.ts';
import { TOP_SCOPE, type WithoutScope } from '../../scope.ts';
import { environmentOutput, type TargetOutputs } from '../outputs.ts';
import type { DockerTargetArgs } from './args.ts';
import { stackBackend, stackImage } from './backend.ts';
import { backendVolumes } from './backend-volumes.ts';
import { stackDatabase, stackRedis } from './data.ts';
import { stackEdge } from './edge.ts';
import { prepareDatabase } from './prepare.ts';
import { retireLogins } from './retire.ts';

/** Creates all of a stack's resources on a Docker engine; independent ones at the same time. */
export function deployToDocker(given: WithoutScope<DockerTargetArgs>): TargetOutputs {
  const args = { scope: TOP_SCOPE, ...given };
  const { plan, scope, secrets, runtime } = args;
  const { labels } = plan;
  const network = new PrivateNetwork(
    scope.name('network'),
    { networkName: plan.network.name, labels },
    scope.opts,
  );
  const placement = { labels, runtime, network: network.networkId };
  const image = stackImage(args);
  const edge = stackEdge(args, placement);
  const database = stackDatabase(plan, scope, placement);
  const redis = stackRedis(plan, scope, secrets, placement);
  const volumes = backendVolumes(args, image.imageId);
  const prepared = prepareDatabase(args, placement, { image, database, redis, volumes });
  const released = stackBackend(args, placement, { edge, image, volumes, prepared });
  volumes.uploads?.finishAfter(released);
  retireLogins({ plan, runtime, released, database, redis });
  // None of them waits for the jobs or the backend: Pulumi loses all outputs of a run in which one
  // fails to resolve, and users need them most after a failed release.
  return {
    url: plan.edge.url,
    environment: environmentOutput(plan.backend, secrets),
    images: pulumi
      .all([image.imageName, image.imageId])
      .apply(([name, id]) => imageOutput(plan, `${name} (${id})`)),
    names: {
      network: plan.network.name,
      edge: edge.containerName,
      ...(database ? { database: database.containerName } : {}),
      ...(redis ? { redis: redis.containerName } : {}),
    },
  };
}

function imageOutput({ images }: DockerPlan, backend: string): Record<string, string> {
  const locked = Object.entries(images.images).map(([key, { name, ref }]) => [
    key,
    `${name} (${ref})`,
  ]);
  return { ...Object.fromEntries(locked), backend };
}
