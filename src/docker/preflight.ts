import type Docker from 'dockerode';
import { lockedImage } from '../derive/images.ts';
import { LABELS } from '../derive/labels.ts';
import { roleConflict } from '../derive/login-roles.ts';
import type { DockerPlan } from '../derive/plan.ts';
import { parseSecretVersions } from '../derive/secret-versions.ts';
import { versionsOf } from '../derive/secrets.ts';
import { formatPath } from '../stack/tree.ts';
import { hasLabels } from './labels.ts';
import { portProblems } from './port-problems.ts';

/**
 * Everything that would make an `up` fail half-way, looked up before the first resource, in a preview
 * too. One line a problem, each with its mend; none when all is well.
 * @throws when the engine does not answer
 */
export async function preflight(plan: DockerPlan, engine: Docker): Promise<string[]> {
  const [containers, volumes] = await Promise.all([
    engine.listContainers({ all: false }),
    engine.listVolumes(),
  ]);
  return [
    ...checkVolumes(plan, volumes.Volumes ?? []),
    ...checkVersions(plan, containers),
    ...(await portProblems(plan, containers)).map(
      ({ path, message }) => `${formatPath(path)}: ${message}`,
    ),
  ];
}

type FoundVolume = { readonly Name: string; readonly Labels?: Record<string, string> | null };

function checkVolumes(plan: DockerPlan, found: readonly FoundVolume[]): string[] {
  const problems: string[] = [];
  for (const name of volumeNames(plan)) {
    const volume = found.find((each) => each.Name === name);
    if (volume && !hasLabels(volume.Labels, plan.labels)) {
      problems.push(
        `volume ${name} exists on the engine, but medusa-infra has not made it for this stack (it lacks the labels); remove it, or rename the stack`,
      );
    }
    const major = volume?.Labels?.[LABELS.postgresMajor];
    const wanted = lockedImage(plan.images, 'postgres').version.split('.')[0];
    if (major !== undefined && major !== wanted) {
      problems.push(
        `database.version: volume ${name} holds the data of PostgreSQL ${major}, which ${wanted} cannot read; set database.version: ${major}, or dump the data, remove the volume and load it again`,
      );
    }
  }
  return problems;
}

function volumeNames(plan: DockerPlan): string[] {
  const names: string[] = [plan.proxy.volume.name];
  if (plan.database.kind === 'postgres') {
    names.push(plan.database.volume.name, plan.database.socketVolume.name);
  }
  if (plan.database.kind === 'sqlite') names.push(plan.database.volume.name);
  if (plan.redis?.kind === 'redis') names.push(plan.redis.volume.name);
  if (plan.uploads) names.push(plan.uploads.volume.name);
  return names;
}

/** Before the database is prepared: that would lock out a release that is serving. */
function checkVersions(plan: DockerPlan, running: readonly Docker.ContainerInfo[]): string[] {
  if (plan.database.kind !== 'postgres') return [];
  const wanted = { ...plan.labels, [LABELS.component]: 'backend' };
  const serving = running
    .filter(({ Labels }) => hasLabels(Labels, wanted))
    .map(({ Labels }) => parseSecretVersions(Labels[LABELS.secretVersions])['database'])
    .filter((version) => version !== undefined);
  const problem = roleConflict(versionsOf(plan.secrets, 'database'), serving);
  return problem === undefined ? [] : [problem];
}
