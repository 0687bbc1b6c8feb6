import type Docker from 'dockerode';
import { stackLabels } from '../../../derive/labels.ts';
import { stackContainers } from '../../../docker/client.ts';
import { componentOf, releaseOf } from '../../../docker/labels.ts';
import { routedRelease } from '../../../docker/replicas.ts';

/** A resource in a stack's state, as far as this reads it. */
export interface Replaceable {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  /** `<urn>::<id>` */
  readonly provider?: string;
}

/** What a state looks like without a failed release. */
export interface Restored<R> {
  readonly resources: readonly R[];
  /** No state knows these any more. */
  readonly dropped: readonly R[];
}

/**
 * After a release that failed or was killed before it took over, Pulumi takes its replicas for the
 * current ones, and the running ones for leftovers that the next run deletes. Turned round, a stack file
 * that was put back changes nothing, and a fixed one replaces the running release; left as it is, the first
 * would make the same release a second time next to itself.
 *
 * The image goes with its replicas: the tag of one that is built again would be deleted as the old one's.
 * @param serving ids of the containers that get requests
 * @returns undefined where there is nothing to turn round
 */
export function restoreServing<R extends Replaceable>(
  resources: readonly R[],
  serving: ReadonlySet<string>,
): Restored<R> | undefined {
  const current = new Map(resources.filter((one) => !one.delete).map((one) => [one.urn, one]));
  const replaced = resources.filter((one) => one.delete && current.has(one.urn));
  const replicas = replaced.filter(
    ({ type, id, urn }) =>
      type === CONTAINER && serving.has(id ?? '') && !serving.has(current.get(urn)?.id ?? ''),
  );
  if (replicas.length === 0) return undefined;
  const imageIds = new Set(replicas.map(({ outputs }) => outputs?.['image']));
  const images = replaced.filter(
    ({ type, outputs }) => type === IMAGE && imageIds.has(outputs?.['imageId']),
  );
  const back = new Set([...replicas, ...images]);
  const restored = new Map([...back].map((one) => [one.urn, withoutDelete(one)]));
  const dropped = [...back].flatMap(({ urn }) => current.get(urn) ?? []);
  const kept = resources
    .filter((one) => !back.has(one))
    .map((one) => (one.delete ? one : (restored.get(one.urn) ?? one)));
  return { dropped, resources: inOrder(kept) };
}

/** Pulumi refuses a state in which a resource comes before one that it depends on. */
function inOrder<R extends Replaceable>(resources: readonly R[]): R[] {
  // Of a current one and those that it has replaced, the current one counts.
  const byUrn = new Map(
    [...resources.filter((one) => one.delete), ...resources.filter((one) => !one.delete)].map(
      (one) => [one.urn, one],
    ),
  );
  const begun = new Set<R>();
  const ordered: R[] = [];
  const place = (one: R | undefined) => {
    if (one === undefined || begun.has(one)) return;
    begun.add(one);
    for (const urn of dependenciesOf(one)) place(byUrn.get(urn));
    ordered.push(one);
  };
  for (const one of resources) place(one);
  return ordered;
}

function dependenciesOf(one: Replaceable): string[] {
  const ofProperties = Object.values(one.propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  const provider = one.provider?.slice(0, one.provider.lastIndexOf('::'));
  return [one.parent, provider, ...(one.dependencies ?? []), ...ofProperties].filter(
    (urn) => urn !== undefined,
  );
}

const CONTAINER = 'docker:index/container:Container';
const IMAGE = 'docker:index/remoteImage:RemoteImage';

function withoutDelete<R extends Replaceable>({ delete: _, ...rest }: R): R {
  return rest as R;
}

/** Ids of a stack's replicas that run and get requests. */
export async function servingReplicas(
  docker: Docker,
  project: string,
  stack: string,
): Promise<Set<string>> {
  const routed = await routedRelease(docker, stackLabels(project, stack));
  const containers = routed === undefined ? [] : await stackContainers(docker, project, stack);
  return new Set(
    containers
      .filter(
        (one) =>
          componentOf(one) === 'backend' && one.State === 'running' && releaseOf(one) === routed,
      )
      .map(({ Id }) => Id),
  );
}

/** Removes the containers and image tags of resources that no state knows any more. */
export async function removeDropped(
  docker: Docker,
  dropped: readonly Replaceable[],
): Promise<void> {
  const containers = dropped.filter(({ type }) => type === CONTAINER);
  await Promise.all(
    containers.map(({ id }) =>
      docker.getContainer(String(id)).remove({ force: true, v: true }).catch(ifThere),
    ),
  );
  for (const { outputs } of dropped.filter(({ type }) => type === IMAGE)) {
    await docker.getImage(String(outputs?.['name'])).remove({ force: true }).catch(ifThere);
  }
}

/** Passes over what is gone already (404), or in use by something that is not the stack's (403, 409). */
export function ifThere(error: { readonly statusCode?: number }): void {
  if (![403, 404, 409].includes(error.statusCode ?? 0)) throw error;
}
