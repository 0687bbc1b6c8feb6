import type Docker from 'dockerode';
import {
  type ContainerSummary,
  type NetworkSummary,
  stackContainers,
  stackNetworks,
} from '../../../docker/client.ts';
import type { StateResource } from '../stack-state.ts';
import { ifThere } from './restore-serving.ts';

/** What the engine has under a stack's labels, and what holds no data. */
export interface StackObjects {
  readonly containers: readonly ContainerSummary[];
  readonly networks: readonly NetworkSummary[];
}

const NONE: StackObjects = { containers: [], networks: [] };

/** Running or not; a paused one may go on at any time. */
const ALIVE = new Set(['running', 'paused', 'restarting']);

/** Both questions at once: they are asked before every update. */
export async function stackObjects(
  docker: Docker,
  project: string,
  stack: string,
): Promise<StackObjects> {
  const [containers, networks] = await Promise.all([
    stackContainers(docker, project, stack),
    stackNetworks(docker, project, stack),
  ]);
  return { containers, networks };
}

/**
 * Those that no state knows: an update that failed or was killed while the engine made them leaves such,
 * and their names are then taken for each later one.
 *
 * None of them where the state knows nothing of all that the engine has and some of it runs: then it is
 * the state that is missing (lost, or kept elsewhere), and what runs is a store.
 */
export function unknownObjects(
  { containers, networks }: StackObjects,
  resources: readonly StateResource[],
): StackObjects {
  const known = new Set(resources.map(({ id }) => id));
  const unknown = {
    containers: containers.filter(({ Id }) => !known.has(Id)),
    networks: networks.filter(({ Id }) => !known.has(Id)),
  };
  const nothingKnown =
    unknown.containers.length === containers.length && unknown.networks.length === networks.length;
  return nothingKnown && containers.some(({ State }) => ALIVE.has(State)) ? NONE : unknown;
}

/** `container a, network b`; empty where there is nothing. */
export function namesOf({ containers, networks }: StackObjects): string {
  return [
    ...containers.map(({ Id, Names }) => `container ${Names[0]?.slice(1) ?? Id}`),
    ...networks.map(({ Name }) => `network ${Name}`),
  ].join(', ');
}

/** Removes them, containers first: a network in use cannot be removed. Volumes with a name stay. */
export async function removeObjects(
  docker: Docker,
  { containers, networks }: StackObjects,
): Promise<void> {
  await Promise.all(
    containers.map(({ Id }) =>
      docker.getContainer(Id).remove({ force: true, v: true }).catch(ifThere),
    ),
  );
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove().catch(ifThere)));
}
