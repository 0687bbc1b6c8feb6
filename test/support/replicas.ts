import { SECRET_VERSIONS_LABEL } from '../../src/derive/secret-versions.ts';
import { RELEASE_LABEL } from '../../src/docker/labels.ts';
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
  const labels = { ...stackLabels(project, stack), 'medusa-infra.component': 'backend' };
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const found = await docker.listContainers({ all: true, filters: { label } });
  return found.map(({ Id, State, Status, Labels }) => ({
    id: Id,
    running: State === 'running',
    healthy: Status.includes('(healthy)'),
    release: Labels[RELEASE_LABEL],
    versions: Labels[SECRET_VERSIONS_LABEL],
  }));
}

/** The release that gets the requests. */
export async function routeOf(project: string, stack: string): Promise<string | undefined> {
  return routedRelease(docker, stackLabels(project, stack));
}

function stackLabels(project: string, stack: string) {
  return { 'medusa-infra.project': project, 'medusa-infra.stack': stack };
}
