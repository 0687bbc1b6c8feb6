import { loginRoles } from '../../derive/login-roles.ts';
import type { Plan, PlannedSecret } from '../../derive/plan.ts';
import { type SecretVersions, secretVersionKey } from '../../derive/secret-versions.ts';
import { secretsIn } from '../../derive/template.ts';
import type { StackFile } from '../../stack/stack-file.ts';

/** One secret as `secrets` shows it; never its value. */
export interface SecretStatus {
  readonly name: string;
  readonly source: 'generated' | 'config' | 'env' | 'command';
  /** The variable or the program that it is read from. */
  readonly from: string | null;
  /** Of a supplied one whether there is a value; null where only asking would tell. */
  readonly set: boolean | null;
  /** Of a generated one, as the file says. */
  readonly version: number | null;
  /** Earlier versions that stay valid. */
  readonly kept: readonly number[];
  /** Versions that the running replicas run with; null where that is not known. */
  readonly serving: readonly number[] | null;
  /** ISO date and time at which the current value began; null where nobody recorded it. */
  readonly since: string | null;
  readonly sinceFrom: 'file' | 'state' | null;
  readonly ageDays: number | null;
  readonly maxAgeDays: number | null;
  /** ISO date and time at which it is due; null without maxAge, or where its age is not known. */
  readonly dueOn: string | null;
  readonly due: boolean;
  readonly usedBy: readonly string[];
}

/** What was found outside of the stack file; undefined: not known. */
export interface SecretFacts {
  /** Of each replica that runs. */
  readonly serving?: readonly SecretVersions[];
  /** When each generated value was made, by `<name> v<version>`. */
  readonly created?: ReadonlyMap<string, string>;
  /** Names that the stack's Pulumi configuration holds. */
  readonly configured?: ReadonlySet<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const DAY = 86_400_000;

/** Every secret of a stack, in the order of the plan. @param now milliseconds since 1970 */
export function secretStatuses(
  stack: StackFile,
  plan: Plan,
  facts: SecretFacts,
  now: number,
): SecretStatus[] {
  return plan.secrets.map((secret) => {
    const spec = stack.secrets[secret.name];
    const began = beginning(secret, spec?.since, facts.created);
    const maxAge = spec?.maxAge === undefined ? undefined : spec.maxAge * 1000;
    const start = began ? Date.parse(began.since) : undefined;
    const dueOn = start === undefined || maxAge === undefined ? undefined : start + maxAge;
    return {
      name: secret.name,
      ...sourceOf(secret, facts),
      version: versionOf(secret) ?? null,
      kept: secret.from === 'generated' ? secret.versions.slice(1) : [],
      serving: servingVersions(secret, facts.serving),
      since: began?.since ?? null,
      sinceFrom: began?.from ?? null,
      ageDays: start === undefined ? null : days(Math.max(0, now - start)),
      maxAgeDays: maxAge === undefined ? null : days(maxAge),
      dueOn: dueOn === undefined ? null : new Date(dueOn).toISOString(),
      due: dueOn !== undefined && now >= dueOn,
      usedBy: usersOf(stack, plan, secret),
    };
  });
}

/** Version of a generated secret, as the file says. */
export function versionOf(secret: PlannedSecret): number | undefined {
  return secret.from === 'generated' ? secret.versions[0] : undefined;
}

function sourceOf(
  { name, from }: PlannedSecret,
  facts: SecretFacts,
): Pick<SecretStatus, 'source' | 'from' | 'set'> {
  if (from === 'generated') return { source: 'generated', from: null, set: null };
  if (from === 'config') {
    return { source: 'config', from: null, set: facts.configured?.has(name) ?? null };
  }
  if ('env' in from) return { source: 'env', from: from.env, set: Boolean(facts.env[from.env]) };
  return { source: 'command', from: from.command[0] ?? '', set: null };
}

function beginning(
  secret: PlannedSecret,
  since: string | undefined,
  created: SecretFacts['created'],
): { since: string; from: 'file' | 'state' } | undefined {
  if (since !== undefined) return { since: new Date(since).toISOString(), from: 'file' };
  const version = versionOf(secret);
  const made =
    version === undefined ? undefined : created?.get(secretVersionKey(secret.name, version));
  return made === undefined ? undefined : { since: new Date(made).toISOString(), from: 'state' };
}

function servingVersions(
  secret: PlannedSecret,
  replicas: SecretFacts['serving'],
): readonly number[] | null {
  if (secret.from !== 'generated' || !replicas || replicas.length === 0) return null;
  const found = replicas.map((versions) => versions[secret.name]);
  const known = [...new Set(found.filter((version) => version !== undefined))];
  return known.length > 0 ? known.sort((a, b) => a - b) : null;
}

/** Variables of the backend that hold it, and who logs in with it. */
function usersOf(stack: StackFile, plan: Plan, secret: PlannedSecret): string[] {
  const variables = plan.backend.environment
    .filter(({ value }) => secretsIn(value).some((part) => part.secret === secret.name))
    .map(({ name }) => name);
  return [...variables, ...accountsOf(stack, plan, secret)];
}

function accountsOf(stack: StackFile, plan: Plan, secret: PlannedSecret): string[] {
  if (secret.from !== 'generated') return [];
  const { database } = stack;
  if (secret.name === 'database' && database.type === 'postgres' && !database.external) {
    return loginRoles(database.name, secret.versions)
      .filter(({ version }) => version !== undefined)
      .map(({ name }) => `database role ${name}`);
  }
  if (secret.name === 'redis' && plan.redis?.kind === 'redis') {
    return plan.redis.users.accounts.map(({ name }) => `Redis user ${name}`);
  }
  return [];
}

function days(milliseconds: number): number {
  return Math.round((milliseconds / DAY) * 10) / 10;
}
