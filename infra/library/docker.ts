/** `medusa-infra/docker`: the components of target docker. */

import type { ContainerRuntime } from '../../src/docker/container-runtime.ts';
import { DockerRuntime } from '../../src/docker/docker-runtime.ts';
import { type EngineAddress, engineAt } from '../../src/docker/engine-at.ts';
import { connectEngine } from '../../src/docker/images.ts';

export type * from '../../src/docker/container-runtime.ts';
export type { EngineAddress } from '../../src/docker/engine-at.ts';
export type { BuildContext } from '../../src/images/build-context.ts';
export { BackendImage, type BackendImageArgs } from '../components/docker/backend-image.ts';
export { BackendService, type BackendServiceArgs } from '../components/docker/backend-service.ts';
export type {
  ContainerFile,
  ContainerLimits,
  Labels,
  Placement,
  VolumeMount,
} from '../components/docker/container-args.ts';
export { HttpEdge, type HttpEdgeArgs } from '../components/docker/http-edge.ts';
export {
  PostgresDatabase,
  type PostgresDatabaseArgs,
} from '../components/docker/postgres-database.ts';
export { PrepareJob, type PrepareJobArgs } from '../components/docker/prepare-job.ts';
export { PrivateNetwork, type PrivateNetworkArgs } from '../components/docker/private-network.ts';
export { RedisCache, type RedisCacheArgs } from '../components/docker/redis-cache.ts';
export { UploadsVolume, type UploadsVolumeArgs } from '../components/docker/uploads-volume.ts';

export interface EngineRuntimeOptions {
  /** Has to be the engine of the components' provider. @default DOCKER_HOST, otherwise the system's socket */
  readonly engine?: EngineAddress;
  /** Gets one line for everything out of the ordinary. @default none */
  readonly log?: (line: string) => void;
}

/** The runtime of components: what the Docker provider cannot do, such as waiting for a job or switching a release. */
export function engineRuntime(options: EngineRuntimeOptions = {}): ContainerRuntime {
  const engine = options.engine ? engineAt(options.engine) : connectEngine();
  return new DockerRuntime(engine, { log: options.log ?? (() => {}) });
}
