import type Docker from 'dockerode';
import { engineHosts, engineVersion } from '../../toolchain/engine.ts';
import { stackLabels } from '../derive/labels.ts';
import { UserError } from '../errors.ts';
import { labelFilter } from './labels.ts';

export type ContainerSummary = Awaited<ReturnType<Docker['listContainers']>>[number];
export type NetworkSummary = Awaited<ReturnType<Docker['listNetworks']>>[number];

/**
 * The Docker engine that the stacks run on, found as the toolchain finds it.
 * @throws UserError where none answers
 */
export async function dockerEngine(env: NodeJS.ProcessEnv): Promise<Docker> {
  const engine = await answeringEngine(env);
  if (engine) return engine;
  throw new UserError(
    `no Docker engine answers at ${engineHosts(env).join(' or ')}; start it, or run npm run toolchain, which installs and starts one`,
    'engine-unreachable',
  );
}

/** Engines that have answered, by the addresses that were asked: a command asks for its own several times. */
const answered = new Map<string, Docker>();

/** The same; undefined where none answers. */
export async function answeringEngine(env: NodeJS.ProcessEnv): Promise<Docker | undefined> {
  const hosts = engineHosts(env);
  const known = answered.get(hosts.join());
  if (known) return known;
  for (const host of hosts) {
    if ((await engineVersion(host)) === undefined) continue;
    const { default: Client } = await import('dockerode');
    const engine = host.startsWith('unix://')
      ? new Client({ socketPath: host.slice('unix://'.length) })
      : // Dockerode reads DOCKER_HOST and the settings for TLS and SSH itself.
        new Client();
    answered.set(hosts.join(), engine);
    return engine;
  }
  return undefined;
}

/** All containers of a stack, running or not, oldest first. */
export async function stackContainers(
  docker: Docker,
  project: string,
  stack: string,
): Promise<ContainerSummary[]> {
  const found = await docker.listContainers({
    all: true,
    filters: { label: labelFilter(stackLabels(project, stack)) },
  });
  return found.sort((a, b) => a.Created - b.Created);
}

/** All networks of a stack. */
export async function stackNetworks(
  docker: Docker,
  project: string,
  stack: string,
): Promise<NetworkSummary[]> {
  return docker.listNetworks({ filters: { label: labelFilter(stackLabels(project, stack)) } });
}

/** Names of all volumes of a stack, sorted. */
export async function stackVolumes(
  docker: Docker,
  project: string,
  stack: string,
): Promise<string[]> {
  const { Volumes } = await docker.listVolumes({
    filters: { label: labelFilter(stackLabels(project, stack)) },
  });
  return (Volumes ?? []).map((volume) => volume.Name).sort();
}
