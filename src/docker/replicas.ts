import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { EDGE_FILES } from '../derive/docker/edge-files.ts';
import { LABELS } from '../derive/labels.ts';
import { componentOf, labelFilter, releaseOf } from './labels.ts';

type Labels = Readonly<Record<string, string>>;

/** The containers of one component of a stack. @param all also those that have stopped */
export function componentContainers(
  engine: Docker,
  labels: Labels,
  component: string,
  all = false,
): Promise<Docker.ContainerInfo[]> {
  const label = labelFilter({ ...labels, [LABELS.component]: component });
  return engine.listContainers({ all, filters: { label } });
}

/** The release that the stack's edge sends its requests to; undefined: none was released yet. */
export async function routedRelease(engine: Docker, labels: Labels): Promise<string | undefined> {
  const [edge] = await componentContainers(engine, labels, 'edge', true);
  return edge && routeOf(engine.getContainer(edge.Id));
}

/**
 * Whether a container gets requests, or is none that could.
 * @param routed the release that the edge sends requests to; undefined: all of them get requests
 */
export function isServing(
  container: Pick<Docker.ContainerInfo, 'Labels'>,
  routed: string | undefined,
): boolean {
  return (
    componentOf(container) !== 'backend' || routed === undefined || releaseOf(container) === routed
  );
}

/** What the edge sends its requests to, read from the volume of this edge, which may be stopped. */
export async function routeOf(edge: Docker.Container): Promise<string | undefined> {
  return (await routesOf(edge))[0];
}

/** All that the edge may send requests to, the one that it does first: two, if a switch was interrupted. */
export async function routesOf(edge: Docker.Container): Promise<readonly string[]> {
  try {
    return await fileNames(await edge.getArchive({ path: EDGE_FILES.activeRelease }));
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return [];
    throw error;
  }
}

/** Base names of the files, in the order in which the edge reads them. */
async function fileNames(archive: NodeJS.ReadableStream): Promise<readonly string[]> {
  const names: string[] = [];
  const reader = extract();
  reader.on('entry', ({ type, name }, content, next) => {
    if (type === 'file') names.push(path.posix.basename(name));
    content.on('end', next).resume();
  });
  await pipeline(archive, reader);
  return names.sort();
}
