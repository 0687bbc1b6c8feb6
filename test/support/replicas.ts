import { LABELS, stackLabels } from '../../src/derive/labels.ts';
import { labelFilter, releaseOf } from '../../src/docker/labels.ts';
import { probe } from '../../src/docker/probe.ts';
import { routedRelease } from '../../src/docker/replicas.ts';
import { docker } from './engine.ts';

/** A container of the backend, in whatever state. */
export interface ReplicaFacts {
  readonly id: string;
  readonly running: boolean;
  readonly healthy: boolean;
  readonly release: string | undefined;
  /** As the label has them: `cookie=1 database=1`. */
  readonly versions: string | undefined;
}

/** All replicas of a stack, those that have stopped too. */
export async function replicasOf(project: string, stack: string): Promise<ReplicaFacts[]> {
  const label = labelFilter({ ...stackLabels(project, stack), [LABELS.component]: 'backend' });
  const found = await docker.listContainers({ all: true, filters: { label } });
  return found.map(({ Id, State, Status, Labels }) => ({
    id: Id,
    running: State === 'running',
    healthy: Status.includes('(healthy)'),
    release: releaseOf({ Labels }),
    versions: Labels[LABELS.secretVersions],
  }));
}

/** Whether a replica is healthy by its own check, run now: the engine runs it seconds later. */
export async function isHealthyNow(id: string): Promise<boolean> {
  const container = docker.getContainer(id);
  return (await probe(container, await container.inspect())).healthy;
}

/** The release that gets the requests. */
export async function routeOf(project: string, stack: string): Promise<string | undefined> {
  return routedRelease(docker, stackLabels(project, stack));
}
