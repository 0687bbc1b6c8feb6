import type { LockedImage } from '../derive/plan.ts';
import { splitTag } from './reference.ts';

/**
 * Where images that are built here have their names. A builder looks for a name that is not on the engine in
 * its registry: `localhost` is this machine, whereas anybody can register a name on Docker Hub.
 */
const LOCAL = 'localhost/medusa-infra';

/** Earlier versions of the kit named them as if they were on Docker Hub. */
const EARLIER = 'medusa-infra';

/** Names of an image that is built here: the one that it gets, then the one of earlier versions. */
export function localNames(name: string): readonly [current: string, earlier: string] {
  return [`${LOCAL}/${name}`, `${EARLIER}/${name}`];
}

/**
 * What a Dockerfile can name: not every builder accepts an ID. The tag of an image that is built here is its
 * ID, since its other name passes to the next one. A stack that has an earlier name in its lock keeps it: it
 * is an argument of the build, and another one would build the backend again.
 */
export function buildName({ ref, name }: Pick<LockedImage, 'ref' | 'name'>): string {
  if (ref.includes('@')) return ref;
  if (!name.startsWith(`${LOCAL}/`)) return name;
  return `${splitTag(name)[0]}:${ref.slice('sha256:'.length).slice(0, 12)}`;
}
