import type { Plan } from '../plan.ts';

/** What `up` has done that is no resource, noted in Parameter Store, so that it is done once. */
export interface ReleaseMarkers {
  /** ARN, with its revision, of the task definition that prepared the database last. */
  readonly prepared?: string;
  /** Versions of the credentials that the last release ended with, such as `database=2 redis=2`. */
  readonly retired?: string;
}

/** Names of the parameters; all in one folder of the stack's own. */
export function markerNames({
  project,
  stack,
}: Pick<Plan, 'project' | 'stack'>): Readonly<Record<keyof ReleaseMarkers, string>> {
  const folder = `/${project}/${stack}`;
  return { prepared: `${folder}/prepared`, retired: `${folder}/retired` };
}
