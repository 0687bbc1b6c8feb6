import type Docker from 'dockerode';
import { LABELS } from '../derive/labels.ts';

type Labelled = Pick<Docker.ContainerInfo, 'Labels'>;

/** Whether an object of the engine has all of these labels. */
export function hasLabels(
  found: Readonly<Record<string, string>> | null | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([label, value]) => found?.[label] === value);
}

/** Labels in the form of the engine's filters: `name=value`. */
export function labelFilter(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}

/** The component that a container belongs to. */
export function componentOf(container: Labelled): string {
  return container.Labels[LABELS.component] ?? 'unknown';
}

/** The name of a container in a list, where the engine puts a slash before it. */
export function containerName({ Id, Names }: Pick<Docker.ContainerInfo, 'Id' | 'Names'>): string {
  return Names[0]?.replace(/^\//, '') ?? Id;
}

/** The release of a replica; undefined where an early version of the kit created it. */
export function releaseOf(replica: Labelled): string | undefined {
  return replica.Labels[LABELS.release];
}

/** Whether a container runs once and ends, such as the one that prepares the database. */
export function isJob(container: Labelled): boolean {
  return componentOf(container).startsWith('prepare-');
}
