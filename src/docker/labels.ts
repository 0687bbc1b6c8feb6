/** Label of PostgreSQL's data volume: a newer server cannot read an older one's files. */
export const POSTGRES_MAJOR_LABEL = 'medusa-infra.postgres-major';

/** Label of a backend container: the name of its release inside the private network. */
export const RELEASE_LABEL = 'medusa-infra.release';

/** Whether an object of the engine has all of these labels. */
export function hasLabels(
  found: Readonly<Record<string, string>> | null | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([label, value]) => found?.[label] === value);
}
