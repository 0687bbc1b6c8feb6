import type { Problem } from '../errors.ts';

/** A role that a backend logs in with; without a version none of the living ones does. */
export interface LoginRole {
  readonly name: string;
  /** Version of the secret `database` that is its password. */
  readonly version?: number;
}

/** Two roles alternate by the version of the password. */
const letterOf = (version: number) => (version % 2 === 1 ? 'a' : 'b');

/**
 * The login roles of a database: two that alternate by the version of the password (odd: a, even: b),
 * so that the previous one stays valid while it is kept. Newest first.
 */
export function loginRoles(
  database: string,
  versions: readonly number[],
): readonly [current: LoginRole, other: LoginRole] {
  const name = (version: number) => `${database}_${letterOf(version)}`;
  const [current = 1, previous] = versions;
  const other = name(current + 1);
  return [
    { name: name(current), version: current },
    // Only the version just before has the other role; an older one shares the current one's.
    previous === current - 1 ? { name: other, version: previous } : { name: other },
  ];
}

/** Names of login roles by whether a living version of the password uses them. */
export interface RolesInUse {
  readonly living: readonly string[];
  readonly unused: readonly string[];
}

export function rolesInUse(roles: readonly LoginRole[]): RolesInUse {
  const names = (living: boolean) =>
    roles.filter(({ version }) => (version !== undefined) === living).map(({ name }) => name);
  return { living: names(true), unused: names(false) };
}

/**
 * Why versions of the database's password cannot follow those that replicas are serving with: preparing
 * the release would change the password of a role that is in use. undefined when they can.
 * @param versions alive in the stack file, newest first
 * @param serving versions that running replicas log in with
 */
export function roleConflict(
  versions: readonly number[],
  serving: readonly number[],
): Problem | undefined {
  const [current = 1, previous] = versions;
  const taken = (version: number | undefined) =>
    version !== undefined &&
    serving.some((one) => one !== version && letterOf(one) === letterOf(version));
  if (!taken(current) && !taken(previous)) return undefined;
  const found = [...new Set(serving)].sort((left, right) => left - right);
  const newest = found.at(-1) ?? current;
  // While replicas of two versions run, the release of the newer one has to end first.
  const next = found.length > 1 ? newest : newest + 1;
  const fix =
    !taken(current) && current < newest
      ? `set keep: 0 to go back to version ${current}, or version: ${next} for a new value`
      : `set version: ${next} and run up, then go on from there`;
  const wanted = taken(current) ? `${current}` : `${current} with keep: 1`;
  return {
    path: ['secrets', 'database', 'version'],
    message: `${wanted} would change the password of the role that running replicas (version ${found.join(' and ')}) log in with, as two roles alternate; ${fix}`,
    code: 'secret-version-in-use',
  };
}
