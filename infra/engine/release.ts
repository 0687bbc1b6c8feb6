import type Docker from 'dockerode';
import type { Release } from '../components/docker/container-runtime.ts';
import { RELEASE_LABEL } from '../labels.ts';
import { drain } from './drain.ts';
import { routeTo } from './edge-config.ts';

/**
 * Sends the traffic to the release's replicas, then drains and stops all others of the stack, at once.
 * They stay where they are, stopped, for Pulumi to remove.
 */
export async function switchRelease(
  engine: Docker,
  edgeId: string,
  release: Release,
  log: (line: string) => void,
): Promise<void> {
  await routeTo(engine.getContainer(edgeId), release.alias);
  const earlier = (await runningReplicas(engine, release.labels)).filter(
    ({ Id }) => !release.containerIds.includes(Id),
  );
  if (earlier.length === 0) return;
  log(`requests go to ${release.alias}; stopping ${earlier.map(nameOf).join(', ')}`);
  await Promise.all(earlier.map((replica) => retire(engine, replica, release)));
}

async function retire(
  engine: Docker,
  replica: Docker.ContainerInfo,
  release: Release,
): Promise<void> {
  const container = engine.getContainer(replica.Id);
  // One of the same release goes on getting requests until it refuses them: it never falls quiet.
  const awaitQuiet = replica.Labels[RELEASE_LABEL] !== release.alias;
  if (replica.State === 'paused') await container.unpause();
  await drain(container, {
    port: release.port,
    graceSeconds: release.stopGraceSeconds,
    awaitQuiet,
  });
}

/** The stack's backend containers that run, of whatever release. */
function runningReplicas(
  engine: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<Docker.ContainerInfo[]> {
  const wanted = { ...labels, 'medusa-infra.component': 'backend' };
  const label = Object.entries(wanted).map(([name, value]) => `${name}=${value}`);
  return engine.listContainers({ filters: { label } });
}

function nameOf(container: Docker.ContainerInfo): string {
  return container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12);
}
