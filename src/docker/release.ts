import type Docker from 'dockerode';
import type { Release } from './container-runtime.ts';
import { drain } from './drain.ts';
import { routeTo } from './edge-config.ts';
import { releaseOf } from './labels.ts';
import { componentContainers } from './replicas.ts';

/**
 * Sends the traffic to the release's replicas, then drains and stops all others of the stack, at once.
 * They stay where they are, stopped, for Pulumi to remove; but for one of the same release, which no
 * state knows where a run was killed as it made it.
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
    // One of the same release goes on getting requests until it refuses them: it never falls quiet.
    awaitQuiet: !sameRelease,
  });
  // Where Pulumi knows it after all, it does not mind that it is gone.
  if (sameRelease) await container.remove({ v: true }).catch(ifThere);
}

/** Gone (404) or going (409) already. */
function ifThere(error: { readonly statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}

function nameOf(container: Docker.ContainerInfo): string {
  return container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12);
}
