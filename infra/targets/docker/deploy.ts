import * as pulumi from '@pulumi/pulumi';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { TOP_SCOPE, type WithoutScope } from '../../scope.ts';
import { environmentOutput, type TargetOutputs } from '../outputs.ts';
import type { DockerTargetArgs } from './args.ts';
import { stackBackend, stackImage } from './backend.ts';
import { backendVolumes } from './backend-volumes.ts';
import { stackDatabase, stackRedis } from './data.ts';
import { stackEdge } from './edge.ts';
import { stackNetworks } from './networks.ts';
import { prepareDatabase } from './prepare.ts';
import { retireLogins } from './retire.ts';

/** Creates all of a stack's resources on a Docker engine; independent ones at the same time. */
export function deployToDocker(given: WithoutScope<DockerTargetArgs>): TargetOutputs {
  const args = { scope: TOP_SCOPE, ...given };
  const { plan, scope, secrets, runtime } = args;
  const { labels } = plan;
  const networks = stackNetworks(args);
  const placement = { labels, runtime, network: networks.outer };
  const servers = { ...placement, ...networks.ofServers };
  const image = stackImage(args);
  const edge = stackEdge(args, placement);
  const database = stackDatabase(plan, scope, servers);
  const redis = stackRedis(plan, scope, secrets, servers);
  const volumes = backendVolumes(args, image.imageId);
  const user = image.imageId.apply((id) => runtime.imageUser(id, labels));
  const container = { ...placement, ...networks.ofBackend, user };
  const prepared = prepareDatabase(args, container, { image, database, redis, volumes });
  const released = stackBackend(args, container, { edge, image, volumes, prepared });
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
