import type { Problem } from '../../errors.ts';
import { roleConflict } from '../login-roles.ts';
import type { AwsPlan } from '../plan.ts';
import {
  formatSecretVersions,
  parseSecretVersions,
  type SecretVersions,
} from '../secret-versions.ts';
import { versionsOf } from '../secrets.ts';

/** Secrets of which a server accepts the old value until it is changed on the server. */
export type ServerSecret = 'database' | 'redis';

/**
 * The credentials of the servers that the stack owns, as the markers hold them, such as
 * `database=2 database-keeps=1 redis=2`; empty where it owns none.
 */
export function serverVersions(plan: AwsPlan): string {
  const own = plan.secrets.filter(({ name }) => isOwn(plan, name));
  const [, kept] = isOwn(plan, 'database') ? versionsOf(plan.secrets, 'database') : [];
  // ElastiCache is set to one password, whatever is kept.
  return [formatSecretVersions(own), ...(kept === undefined ? [] : [`${KEPT}=${kept}`])]
    .filter((part) => part !== '')
    .join(' ');
}

const KEPT = 'database-keeps';

function isOwn({ aws }: AwsPlan, name: string): name is ServerSecret {
  return Boolean((name === 'database' && aws.database) || (name === 'redis' && aws.redis));
}

/**
 * The servers on which something may still open that no living version uses.
 * @param wanted of the plan, as `serverVersions` gives them
 * @param noted what the markers held before this run: what ended last, and what was prepared last
 */
export function dueRetirements(
  wanted: string,
  noted: { readonly retired?: string | undefined; readonly prepared?: string | undefined },
): ReadonlySet<ServerSecret> {
  const now = parseSecretVersions(wanted);
  const ended = parseSecretVersions(noted.retired);
  const begun = parseSecretVersions(noted.prepared);
  const servers: readonly ServerSecret[] = ['database', 'redis'];
  return new Set(
    servers.filter((name) => {
      const version = now[name];
      if (version === undefined) return false;
      // One that was begun and given up is a predecessor, too.
      const changed =
        version !== (ended[name] ?? first(name, version)) || version !== (begun[name] ?? version);
      const kept = name === 'database' ? ended[KEPT] : undefined;
      return changed || (kept !== undefined && kept !== now[KEPT]);
    }),
  );
}

/**
 * The version without a predecessor. A new database has both roles, whichever it begins with; a new
 * replication group has one password, and refuses to be set to it before another one was added.
 */
function first(name: ServerSecret, version: number): number {
  return name === 'database' ? 1 : version;
}

/**
 * What would take the password away from tasks that serve, before anything is made. PostgreSQL by the
 * same rule as on Docker; ElastiCache takes two passwords at a time, so one step at a time is all it bears.
 * @param found versions of the running release, and of the one after which old ones were retired last
 */
export function versionProblems(plan: AwsPlan, found: readonly SecretVersions[]): Problem[] {
  const serving = (name: string) => found.flatMap((versions) => versions[name] ?? []);
  const problems: Problem[] = [];
  if (isOwn(plan, 'database')) {
    const conflict = roleConflict(versionsOf(plan.secrets, 'database'), serving('database'));
    if (conflict !== undefined) problems.push(conflict);
  }
  if (isOwn(plan, 'redis')) problems.push(...tokenProblems(plan, serving('redis')));
  return problems;
}

function tokenProblems({ secrets }: AwsPlan, serving: readonly number[]): Problem[] {
  const [version = 1] = versionsOf(secrets, 'redis');
  if (serving.every((one) => Math.abs(version - one) <= 1)) return [];
  const newest = Math.max(...serving);
  // While two serve, the release of the newer one has to end first.
  const next = Math.min(...serving) < newest ? newest : newest + 1;
  const which = [...new Set(serving)].sort((left, right) => left - right).join(' and ');
  return [
    {
      path: ['secrets', 'redis', 'version'],
      message: `${version} would take the password away from running tasks (version ${which}), as ElastiCache takes two at a time; set version: ${next} and run up, then go on from there`,
      code: 'secret-version-in-use',
    },
  ];
}
