import type { CommonPlan } from '../common.ts';

/** What `up` has done that is no resource, noted in Parameter Store, so that it is done once. */
export interface ReleaseMarkers {
  /**
   * What prepared the servers last: the ARN of a task definition, with its revision, and the versions of
   * the credentials that it set, such as `arn:... database=2 redis=2`.
   */
  readonly prepared?: string;
  /** Versions of the credentials that the last release ended with, such as `database=2 redis=2`. */
  readonly retired?: string;
}

/** The task definition in what `prepared` holds. */
export function preparedBy(prepared: string | undefined): string | undefined {
  return prepared?.split(' ')[0];
}

/** Names of the parameters; all in one folder of the stack's own. */
export function markerNames({
  project,
  stack,
}: Pick<CommonPlan, 'project' | 'stack'>): Readonly<Record<keyof ReleaseMarkers, string>> {
  const folder = `/${project}/${stack}`;
  return { prepared: `${folder}/prepared`, retired: `${folder}/retired` };
}
