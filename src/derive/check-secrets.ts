import type { Problem } from '../errors.ts';
import { checkExternalPostgresUrl, checkExternalRedisUrl } from './check-external.ts';
import type { Plan } from './plan.ts';

/** Values that stand in documentation and examples: whoever tries a login tries these first. */
const WELL_KNOWN = new Set(
  `supersecret secret secrets something cookiesecret jwtsecret jwt_secret cookie_secret changeme change-me
  changeit password passw0rd medusa postgres redis root admin administrator default example test
  testtest letmein qwerty 123456 12345678 123456789 1234567890 todo xxx none null undefined`.split(
    /\s+/,
  ),
);

/** Characters below which a signing secret can be guessed offline from one token. */
const SIGNING_LENGTH = 32;
const SIGNING_SECRETS = ['jwt', 'cookie'];

export type SecretChecks = Pick<Plan, 'environment' | 'database' | 'redis'>;

/**
 * What is wrong with the values that the user supplies. No message holds a value or a part of one.
 * Missing values are not checked.
 * @param howToSet what to do so that a secret gets another value; appended. @default nothing
 */
export function checkSuppliedSecrets(
  plan: SecretChecks,
  values: Readonly<Record<string, string | undefined>>,
  howToSet?: (name: string) => string,
): readonly Problem[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const fix = howToSet ? ` (${howToSet(name)})` : '';
    return checkSecret(plan, name, value).map(
      (found): Problem => ({
        path: ['secrets', name],
        message: `${found}${fix}`,
        code: 'secret-value-invalid',
      }),
    );
  });
}

function checkSecret(plan: SecretChecks, name: string, value: string): readonly string[] {
  const form = checkForm(value);
  if (form !== undefined) return [form];
  const strict = plan.environment !== 'development';
  const { database, redis } = plan;
  if (database.kind === 'external-postgres' && database.secret === name) {
    const problems = checkExternalPostgresUrl(value, database.options);
    return problems.length > 0 ? problems : checkPassword(value, strict);
  }
  if (redis?.kind === 'external-redis' && redis.secret === name) {
    const problems = checkExternalRedisUrl(value);
    return problems.length > 0 ? problems : checkPassword(value, strict);
  }
  return strict ? checkStrength(name, value) : [];
}

function checkForm(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (value.trim() === '') return 'holds nothing but white space';
  if (value.includes('\0')) return 'holds a NUL character, which no variable can carry';
  if (/[\r\n]$/.test(value)) {
    return 'ends with a line break, which would be part of the value; set it again without (printf, not echo)';
  }
  if (value !== value.trim()) return 'begins or ends with white space; set it again without';
  return undefined;
}

function checkStrength(name: string, value: string): readonly string[] {
  if (isWellKnown(value)) return ['is a well-known default value; set a random one'];
  if (SIGNING_SECRETS.includes(name) && value.length < SIGNING_LENGTH) {
    return [`has ${value.length} characters; a signing secret needs at least ${SIGNING_LENGTH}`];
  }
  return [];
}

function checkPassword(url: string, strict: boolean): readonly string[] {
  const password = decodeURIComponent(new URL(url).password);
  return strict && isWellKnown(password)
    ? ['has a well-known default password; set a random one on the server']
    : [];
}

/** Whether the value is in documentation or examples, in whichever case. */
export function isWellKnown(value: string): boolean {
  return WELL_KNOWN.has(value.toLowerCase());
}
