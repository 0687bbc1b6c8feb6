import type Docker from 'dockerode';
import { lockedImage } from '../derive/images.ts';
import { LABELS } from '../derive/labels.ts';
import { roleConflict } from '../derive/login-roles.ts';
import type { DockerPlan } from '../derive/plan.ts';
import { parseSecretVersions } from '../derive/secret-versions.ts';
import { versionsOf } from '../derive/secrets.ts';
import type { Problem } from '../errors.ts';
import { hasLabels } from './labels.ts';
import { portProblems } from './port-problems.ts';

/**
 * Everything that would make an `up` fail half-way, checked before the first resource, also in a
 * preview. Each problem says how to fix it.
 * @throws if the engine does not answer
 */
export async function preflight(plan: DockerPlan, engine: Docker): Promise<Problem[]> {
  const [containers, volumes, ports] = await Promise.all([
    engine.listContainers({ all: false }),
    engine.listVolumes(),
    portProblems(plan, engine),
  ]);
  return [
    ...checkVolumes(plan, volumes.Volumes ?? []),
    ...checkVersions(plan, containers),
    ...ports,
  ];
}

type FoundVolume = { readonly Name: string; readonly Labels?: Record<string, string> | null };

function checkVolumes(plan: DockerPlan, found: readonly FoundVolume[]): Problem[] {
  const problems: Problem[] = [];
  for (const name of volumeNames(plan)) {
    const volume = found.find((each) => each.Name === name);
    if (volume && !hasLabels(volume.Labels, plan.labels)) {
      problems.push({
        message: `volume ${name} exists on the engine, but medusa-infra did not create it for this stack (it lacks the labels); remove it, or rename the stack`,
        code: 'volume-not-ours',
      });
    }
    const major = volume?.Labels?.[LABELS.postgresMajor];
    const wanted = lockedImage(plan.images, 'postgres').version.split('.')[0];
    if (major !== undefined && major !== wanted) {
      problems.push({
        path: ['database', 'version'],
        message: `volume ${name} holds the data of PostgreSQL ${major}, which ${wanted} cannot read; set database.version: ${major}, or dump the data, remove the volume and load the dump`,
        code: 'database-version-mismatch',
      });
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

/** Before the database is prepared, which would lock out the running release. */
function checkVersions(plan: DockerPlan, running: readonly Docker.ContainerInfo[]): Problem[] {
  if (plan.database.kind !== 'postgres') return [];
  const wanted = { ...plan.labels, [LABELS.component]: 'backend' };
  const serving = running
    .filter(({ Labels }) => hasLabels(Labels, wanted))
    .map(({ Labels }) => parseSecretVersions(Labels[LABELS.secretVersions])['database'])
    .filter((version) => version !== undefined);
  const problem = roleConflict(versionsOf(plan.secrets, 'database'), serving);
  return problem === undefined ? [] : [problem];
}
