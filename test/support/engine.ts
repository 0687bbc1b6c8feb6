import Docker from 'dockerode';
import { LABELS } from '../../src/derive/labels.ts';
import { eventually } from './eventually.ts';

/** The engine that the tests run on: DOCKER_HOST, or the local socket. */
export const docker = new Docker();

/** What tests ask of a container; `id`s tell a kept container from a replaced one. */
export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  readonly component: string;
  /** created, running, exited, ... */
  readonly state: string;
}

/** All containers of a project, jobs that have ended included, sorted by name. */
export async function containersOf(project: string, stack?: string): Promise<RunningContainer[]> {
  const found = await docker.listContainers({ all: true, filters: labelled(project, stack) });
  return found
    .map((container) => ({
      id: container.Id,
      name: (container.Names[0] ?? '').replace(/^\//, ''),
      component: container.Labels[LABELS.component] ?? '',
      state: container.State,
    }))
    .sort((left, right) => left.name.localeCompare(right.name));
}

/** The running containers of one component; throws when there is none. */
export async function runningOf(
  project: string,
  stack: string,
  component: string,
): Promise<RunningContainer[]> {
  const found = (await containersOf(project, stack)).filter(
    (container) => container.component === component && container.state === 'running',
  );
  if (found.length === 0) throw new Error(`no running ${component} in ${project}-${stack}`);
  return found;
}

/** Ids of the running containers, by component, for comparing two moments. */
export async function idsByComponent(
  project: string,
  stack: string,
): Promise<Record<string, string[]>> {
  const ids: Record<string, string[]> = {};
  for (const container of await containersOf(project, stack)) {
    if (container.state !== 'running') continue;
    ids[container.component] = [...(ids[container.component] ?? []), container.id].sort();
  }
  return ids;
}

/** Names of all volumes of a project, sorted. */
export async function volumesOf(project: string, stack?: string): Promise<string[]> {
  const { Volumes } = await docker.listVolumes({ filters: labelled(project, stack) });
  return (Volumes ?? []).map((volume) => volume.Name).sort();
}

/** Names of all networks of a project, sorted. */
export async function networksOf(project: string, stack?: string): Promise<string[]> {
  const networks = await docker.listNetworks({ filters: labelled(project, stack) });
  return networks.map((network) => network.Name).sort();
}

/** Everything that a project left on the engine: empty when it left nothing. */
export async function leftovers(project: string): Promise<string[]> {
  const containers = (await containersOf(project)).map(({ name }) => `container ${name}`);
  const volumes = (await volumesOf(project)).map((name) => `volume ${name}`);
  const networks = (await networksOf(project)).map((name) => `network ${name}`);
  return [...containers, ...volumes, ...networks];
}

/** Removes all containers, networks, volumes (kept ones too) and image tags of a project. */
export async function removeProject(project: string): Promise<void> {
  // Gone, or being removed by another test file that sweeps up at the same time (409).
  const quietly = (work: Promise<unknown>) =>
    work.catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
    });
  const containers = await containersOf(project);
  await Promise.all(
    containers.map(({ id }) => quietly(docker.getContainer(id).remove({ force: true, v: true }))),
  );
  for (const name of await networksOf(project)) {
    // A container that was already being removed keeps its endpoint until it is gone.
    await eventually(() => quietly(docker.getNetwork(name).remove()));
  }
  for (const name of await volumesOf(project)) {
    await quietly(docker.getVolume(name).remove({ force: true }));
  }
  for (const image of await docker.listImages()) {
    for (const tag of image.RepoTags ?? []) {
      if (tag.split(/[/:]/).some((part) => part === project || part.startsWith(`${project}-`))) {
        await quietly(docker.getImage(tag).remove({ noprune: true }));
      }
    }
  }
}

/** Project names that have any object on the engine. */
export async function projectsOnEngine(): Promise<string[]> {
  const filters = { label: [LABELS.project] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes } = await docker.listVolumes({ filters });
  const networks = await docker.listNetworks({ filters });
  const labels = [
    ...containers.map((container) => container.Labels),
    ...(Volumes ?? []).map((volume) => volume.Labels),
    ...networks.map((network) => network.Labels ?? {}),
  ];
  return [...new Set(labels.map((entry) => entry[LABELS.project] ?? ''))].filter(Boolean).sort();
}

/** Output of a container (stdout and stderr in order). */
export async function logsOf(id: string): Promise<string> {
  const raw = await docker.getContainer(id).logs({ stdout: true, stderr: true });
  return demultiplex(raw);
}

/** Runs a command in a container as its own user; throws when it fails. */
export async function execIn(id: string, command: readonly string[]): Promise<string> {
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const output = demultiplex(Buffer.concat(chunks));
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`${command.join(' ')} exited ${ExitCode}: ${output}`);
  return output;
}

/** Takes the 8-byte frames of Docker's multiplexed streams apart. */
function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const size = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return Buffer.concat(parts).toString('utf8');
}

function labelled(project: string, stack?: string): { label: string[] } {
  return {
    label: [`${LABELS.project}=${project}`, ...(stack ? [`${LABELS.stack}=${stack}`] : [])],
  };
}
