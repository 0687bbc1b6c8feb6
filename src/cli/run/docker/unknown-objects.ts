import type Docker from 'dockerode';
import {
  type ContainerSummary,
  type NetworkSummary,
  stackContainers,
  stackNetworks,
} from '../../../docker/client.ts';
import { containerName } from '../../../docker/labels.ts';
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
 * None of them where the state is what is missing.
 */
export function unknownObjects(
  objects: StackObjects,
  resources: readonly StateResource[],
): StackObjects {
  if (isStateMissing(objects, resources)) return NONE;
  const known = idsOf(resources);
  return {
    containers: objects.containers.filter(({ Id }) => !known.has(Id)),
    networks: objects.networks.filter(({ Id }) => !known.has(Id)),
  };
}

/**
 * Whether a state knows nothing of all that the engine has, while some of it runs: then what runs is a store, and its
 * state is lost, or kept elsewhere.
 */
export function isStateMissing(
  { containers, networks }: StackObjects,
  resources: readonly StateResource[],
): boolean {
  const known = idsOf(resources);
  const isKnown = [...containers, ...networks].some(({ Id }) => known.has(Id));
  return !isKnown && containers.some(({ State }) => ALIVE.has(State));
}

function idsOf(resources: readonly StateResource[]): ReadonlySet<string | undefined> {
  return new Set(resources.map(({ id }) => id));
}

/** A container of the stack's network that is in another one too, which nothing of the kit does. */
export interface ForeignConnection {
  readonly container: string;
  readonly network: string;
}

/** All of them, sorted. A refresh does not see them: the provider reads the networks that it made alone. */
export function foreignConnections({ containers, networks }: StackObjects): ForeignConnection[] {
  const own = new Set(networks.map(({ Id }) => Id));
  return containers
    .flatMap((container) => {
      const joined = Object.entries(container.NetworkSettings?.Networks ?? {});
      if (!joined.some(([, { NetworkID }]) => own.has(NetworkID))) return [];
      return joined
        .filter(([, { NetworkID }]) => !own.has(NetworkID))
        .map(([network]) => ({ container: containerName(container), network }));
    })
    .sort((a, b) => (`${a.container} ${a.network}` < `${b.container} ${b.network}` ? -1 : 1));
}

/** A container that runs outside of a network into which the program had put it. */
export interface LostConnection {
  /** ID. */
  readonly container: string;
  readonly containerName: string;
  /** ID. */
  readonly network: string;
  readonly networkName: string;
  /** Names by which the others find it. */
  readonly aliases: readonly string[];
}

/** All of them. A refresh does not see them either: the provider never reads the networks of a container. */
export function lostConnections(
  { containers, networks }: StackObjects,
  resources: readonly StateResource[],
): LostConnection[] {
  const names = new Map(networks.map(({ Id, Name }) => [Id, Name]));
  const running = new Map(
    containers.filter(({ State }) => State === 'running').map((one) => [one.Id, one]),
  );
  return resources.flatMap(({ id = '', inputs }) => {
    const container = running.get(id);
    if (!container) return [];
    const joined = Object.values(container.NetworkSettings?.Networks ?? {});
    const wanted = (inputs?.['networksAdvanced'] ?? []) as readonly WantedConnection[];
    return wanted.flatMap(({ name, aliases = [] }) => {
      const networkName = names.get(name);
      if (networkName === undefined || joined.some(({ NetworkID }) => NetworkID === name))
        return [];
      const found = { container: id, containerName: containerName(container) };
      return [{ ...found, network: name, networkName, aliases }];
    });
  });
}

/** As the program registers it; the name is the network's ID. */
interface WantedConnection {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/** `container a, network b`, sorted; empty where there is nothing. */
export function namesOf({ containers, networks }: StackObjects): string {
  const names = [
    containers.map((container) => `container ${containerName(container)}`),
    networks.map(({ Name }) => `network ${Name}`),
  ];
  return names.flatMap((group) => group.sort()).join(', ');
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
