import type { Finding, Rule } from '../rule.ts';
import { when } from '../rule.ts';
import { onAws } from './target.ts';

/*
 * What a careful operator would ask of a stack on AWS, as far as the file decides it: whatever it says,
 * the database is in private subnets alone, all that is stored is encrypted, and no role of the kit's
 * has a wildcard (`src/derive/aws/policies.ts` proves that of each plan).
 */

const backups: Rule = {
  name: 'aws-backups',
  about: 'Production can be restored to any point of the last week; staging has backups.',
  acceptable: true,
  check: onAws(({ database: { backupDays } }, { database, environment }) => {
    if (database.type !== 'postgres' || database.external) return [];
    const path = ['aws', 'database', 'backupDays'];
    if (environment === 'production' && backupDays < 7) {
      return [{ path, message: `7 or more in production, got ${backupDays}; raise it` }];
    }
    return when(environment === 'staging' && backupDays === 0, () => ({
      path,
      message: '0 leaves no way back; write 1 or more',
      level: 'warning',
    }));
  }),
};

const deletionProtection = trueInProduction('deletionProtection', {
  name: 'aws-deletion-protection',
  about: 'AWS refuses to delete the database of production.',
});

const finalSnapshot = trueInProduction('finalSnapshot', {
  name: 'aws-final-snapshot',
  about: 'The database of production leaves a snapshot behind.',
});

/** A rule for a flag of `aws.database`. */
function trueInProduction(
  key: 'deletionProtection' | 'finalSnapshot',
  rule: Pick<Rule, 'name' | 'about'>,
): Rule {
  return {
    ...rule,
    acceptable: true,
    check: onAws(({ database }, { environment }) =>
      when(environment === 'production' && !database[key], () => ({
        path: ['aws', 'database', key],
        message: 'true in production, got false; remove it',
      })),
    ),
  };
}

const standby: Rule = {
  name: 'aws-standby',
  about: 'A failed zone does not stop production: PostgreSQL, Redis and the backend run in two.',
  acceptable: true,
  check: onAws(({ database: db, redis: cache }, { database, redis, environment, backend }) => {
    if (environment !== 'production') return [];
    const findings: Finding[] = [];
    const tell = (path: readonly string[], message: string) =>
      findings.push({ path, message, level: 'warning' });
    if (database.type === 'postgres' && !database.external) {
      if (db.kind === 'rds' && !db.multiAz) {
        tell(['aws', 'database', 'multiAz'], 'false stops the store with its zone; remove it');
      }
      if (db.kind === 'aurora' && db.instances < 2) {
        tell(['aws', 'database', 'instances'], '1 stops the store with its zone; write 2 or more');
      }
    }
    if (redis && !redis.external && cache.replicas === 0) {
      tell(['aws', 'redis', 'replicas'], '0 loses sessions and events with its zone; write 1');
    }
    if (backend.replicas < 2) {
      tell(['backend', 'replicas'], '1 stops the store with its zone; write 2 or more');
    }
    return findings;
  }),
};

const redisSnapshots: Rule = {
  name: 'aws-redis-snapshots',
  about: 'Redis of production that persists has snapshots.',
  acceptable: true,
  check: onAws(({ redis: { snapshotDays } }, { redis, environment }) =>
    when(
      environment === 'production' &&
        redis !== false &&
        !redis.external &&
        redis.persist &&
        snapshotDays === 0,
      () => ({
        path: ['aws', 'redis', 'snapshotDays'],
        message: '0 keeps nothing of what redis.persist promises; write 1 or more',
        level: 'warning',
      }),
    ),
  ),
};

/** Policies of AWS's own that allow nearly everything, or everything of a service. */
const WIDE = /:iam::aws:policy\/.*(AdministratorAccess|PowerUserAccess|FullAccess|IAM\w*Access)$/;

const wildcardPolicy: Rule = {
  name: 'aws-wildcard-policy',
  about: 'The backend may do what it needs, not everything of a service.',
  acceptable: true,
  check: onAws(({ backend: { policies } }) =>
    policies.flatMap((arn, index) =>
      when(WIDE.test(arn), () => ({
        path: ['aws', 'backend', 'policies', index],
        message: `your own policy with what the backend needs, got ${arn.split('/').at(-1)}`,
      })),
    ),
  ),
};

const execProduction: Rule = {
  name: 'aws-exec-production',
  about: 'Nobody opens a shell in production, where the secrets are in the environment.',
  acceptable: true,
  check: onAws(({ backend: { exec } }, { environment }) =>
    when(environment === 'production' && exec, () => ({
      path: ['aws', 'backend', 'exec'],
      message: 'true shows every secret to who may execute commands; remove it',
      level: 'warning',
    })),
  ),
};

const spotProduction: Rule = {
  name: 'aws-spot-production',
  about: 'Production runs on capacity that AWS does not take back.',
  acceptable: true,
  check: onAws(({ backend: { spotPercent } }, { environment }) =>
    when(environment === 'production' && spotPercent > 0, () => ({
      path: ['aws', 'backend', 'spotPercent'],
      message: `0 in production, got ${spotPercent}; remove it`,
    })),
  ),
};

const replaceable: Rule = {
  name: 'aws-replaceable',
  about: 'No change replaces a server of production, and with it its data.',
  acceptable: true,
  check: onAws((aws, { environment }) =>
    (['database', 'redis'] as const).flatMap((part) =>
      when(environment === 'production' && aws[part].replaceable, () => ({
        path: ['aws', part, 'replaceable'],
        message: 'true lets the next change lose all data; remove it once that `up` is done',
        level: 'warning',
      })),
    ),
  ),
};

const noInternet: Rule = {
  name: 'aws-no-internet',
  about: 'The backend reaches what it has to, such as a payment provider.',
  acceptable: true,
  check: onAws(({ network: { nat, existing } }) =>
    when(nat === 'none' && !existing, () => ({
      path: ['aws', 'network', 'nat'],
      message: 'none: the backend reaches AWS alone, no payment or mail provider',
      level: 'warning',
    })),
  ),
};

export const awsPolicyRules: readonly Rule[] = [
  backups,
  deletionProtection,
  finalSnapshot,
  standby,
  redisSnapshots,
  wildcardPolicy,
  execProduction,
  spotProduction,
  replaceable,
  noInternet,
];
