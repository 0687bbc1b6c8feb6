import type Docker from 'dockerode';
import type { Release } from './container-runtime.ts';
import { drain } from './drain.ts';
import { routeTo } from './edge-config.ts';
import { releaseOf } from './labels.ts';
import { componentContainers } from './replicas.ts';

/**
 * Sends the traffic to the release's replicas, then drains and stops all others of the stack at the same
 * time. Pulumi removes the stopped ones, except a replica of the same release: no state knows it if a
 * run was killed while it created it.
 */
export async function switchRelease(
  engine: Docker,
  edgeId: string,
  release: Release,
  log: (line: string) => void,
): Promise<void> {
  await routeTo(engine.getContainer(edgeId), release.alias);
  const earlier = (await componentContainers(engine, release.labels, 'backend')).filter(
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
  const sameRelease = releaseOf(replica) === release.alias;
  if (replica.State === 'paused') await container.unpause();
  await drain(container, {
    port: release.port,
    graceSeconds: release.stopGraceSeconds,
    // One of the same release gets requests until it refuses them: its connections never end.
    awaitQuiet: !sameRelease,
  });
  // If Pulumi knows it after all, it accepts that it is gone.
  if (sameRelease) await container.remove({ v: true }).catch(ifThere);
}

/** Already gone (404) or being removed (409). */
function ifThere(error: { readonly statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}

function nameOf(container: Docker.ContainerInfo): string {
  return container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12);
}
