import { mostReplicas, neededConnections } from '../../../connections.ts';
import { listOf } from '../../fields.ts';
import type { AwsSection } from '../../stack-file.ts';
import type { Path } from '../../tree.ts';
import type { Finding, Rule } from '../rule.ts';
import { isSet, when } from '../rule.ts';
import { onAws, unlike } from './target.ts';

const databaseKind: Rule = {
  name: 'aws-database-kind',
  about: 'What describes an RDS instance is not said about Aurora, and the other way round.',
  check: onAws(({ database }, stack, context) => {
    const base: Path = ['aws', 'database'];
    if (stack.database.type === 'postgres' && stack.database.external) {
      return when(isSet(context, base), () => ({
        path: base,
        message: 'unused: database.external is your own server; remove one of the two',
        level: 'warning',
        atKey: true,
      }));
    }
    return database.kind === 'aurora'
      ? unlike(
          base,
          ['instance', 'multiAz', 'storageMax'],
          context,
          'not with kind: aurora; remove it',
        )
      : unlike(base, ['capacity', 'instances'], context, 'only with kind: aurora; remove it');
  }),
};

const capacity: Rule = {
  name: 'aws-capacity',
  about: "Aurora's least capacity is not above its most.",
  check: onAws(({ database: { capacity: range } }) =>
    when(range.min > range.max, () => ({
      path: ['aws', 'database', 'capacity', 'min'],
      message: `min is at most max, got min ${range.min} and max ${range.max}`,
    })),
  ),
};

const GIB = 1024 ** 3;

const storageMax: Rule = {
  name: 'aws-storage-max',
  about: 'Storage that grows by itself grows by a tenth or more.',
  check: onAws((aws, { database }, context) => {
    if (database.type !== 'postgres' || !isSet(context, ['aws', 'database', 'storageMax']))
      return [];
    const least = Math.ceil(((database.storage / GIB) * 11) / 10);
    return when(aws.database.storageMax < least * GIB, () => ({
      path: ['aws', 'database', 'storageMax'],
      message: `at least ${least}Gi, a tenth above database.storage; raise it, or remove it for five times the storage`,
    }));
  }),
};

/** GiB of memory by the size in a class's name; `r` classes have twice as much. */
const MEMORY_GIB: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
  '4xlarge': 64,
};
/**
 * RDS's default of `max_connections` is `DBInstanceClassMemory / 9531392`; about a tenth of an
 * instance's memory is the system's.
 */
const BYTES_A_CONNECTION = 9_531_392 / 0.9;

const connections: Rule = {
  name: 'aws-connections',
  about: 'PostgreSQL has connections for all tasks of two releases at once.',
  acceptable: true,
  check: onAws((aws, { database, backend }) => {
    if (database.type !== 'postgres' || database.external) return [];
    const tasks = mostReplicas(backend.replicas, aws.backend.autoscaling);
    const needed = neededConnections(tasks, database.pool.max);
    const offered = Math.floor((memoryGib(aws) * GIB) / BYTES_A_CONNECTION);
    return when(offered > 0 && needed > offered, () => ({
      path: ['database', 'pool', 'max'],
      message: `${needed} connections may be asked for (${tasks} tasks of two releases, two pools of ${database.pool.max} each), but the server has about ${offered}; lower it, or take a larger ${aws.database.kind === 'rds' ? 'aws.database.instance' : 'aws.database.capacity.max'}`,
      level: 'warning',
    }));
  }),
};

/** 0: not known. */
function memoryGib({ database }: AwsSection): number {
  if (database.kind === 'aurora') return database.capacity.max * 2;
  const [, family = '', size = ''] = database.instance.split('.');
  const gib = MEMORY_GIB[size] ?? 0;
  return /^[rx]/.test(family) ? gib * 2 : gib;
}

const OFFERED = { postgres: [14, 15, 16, 17, 18], redis: [6, 7], valkey: [7, 8] } as const;

const versions: Rule = {
  name: 'aws-version',
  about: 'AWS offers the major versions that the file names.',
  check: onAws((aws, { database, redis }) => {
    const findings: Finding[] = [];
    const judge = (path: Path, product: string, offered: readonly number[], wanted?: number) => {
      if (wanted === undefined || offered.includes(wanted)) return;
      const list = listOf(offered.map(String), 'or');
      findings.push({ path, message: `${product} on aws is ${list}, got ${wanted}` });
    };
    if (database.type === 'postgres' && !database.external) {
      judge(['database', 'version'], 'PostgreSQL', OFFERED.postgres, database.version);
    }
    if (redis && !redis.external) {
      const { engine } = aws.redis;
      const product = engine === 'valkey' ? 'Valkey' : 'Redis';
      judge(['redis', 'version'], product, OFFERED[engine], redis.version);
    }
    return findings;
  }),
};

const databaseTls: Rule = {
  name: 'aws-database-tls',
  about:
    'The PostgreSQL that AWS runs is reached over verified TLS, with the CA that the kit knows.',
  check: onAws((_, { database }) => {
    if (database.type !== 'postgres' || database.external) return [];
    return [
      ...when(database.ssl !== 'verify-full', () => ({
        path: ['database', 'ssl'],
        message: `verify-full for the server that AWS runs, got ${database.ssl}; remove it`,
      })),
      ...when(database.ca !== undefined, () => ({
        path: ['database', 'ca'],
        message: "the kit knows the CA of the region's servers; remove it",
      })),
    ];
  }),
};

const redisPassword: Rule = {
  name: 'aws-redis-secret',
  about: 'ElastiCache takes passwords of up to 128 characters.',
  check: onAws((_, { secrets, redis }) => {
    const secret = secrets['redis'];
    const tooLong = secret?.from === 'generated' && secret.length > 128;
    return when(redis !== false && !redis.external && tooLong, () => ({
      path: ['secrets', 'redis', 'length'],
      message: 'up to 128 for ElastiCache; write 64',
    }));
  }),
};

const windows: Rule = {
  name: 'aws-windows',
  about: 'Windows last half an hour or more; that of backups lies apart from that of maintenance.',
  check: onAws((aws) =>
    (
      [
        ['database', 'backupWindow', aws.database, aws.database.backupWindow, 30],
        ['redis', 'snapshotWindow', aws.redis, aws.redis.snapshotWindow, 60],
      ] as const
    ).flatMap(([part, key, { maintenanceWindow }, daily, least]): Finding[] => {
      const day = span(daily);
      const week = span(maintenanceWindow);
      const leastWeek = part === 'redis' ? 60 : 30;
      return [
        ...when(day.length < least, () => ({
          path: ['aws', part, key],
          message: `${least} minutes or more, got ${daily}`,
        })),
        ...when(week.length < leastWeek, () => ({
          path: ['aws', part, 'maintenanceWindow'],
          message: `${leastWeek} minutes or more, got ${maintenanceWindow}`,
        })),
        ...when(overlap(day, week), () => ({
          path: ['aws', part, key],
          message: `apart from maintenanceWindow (${maintenanceWindow}), got ${daily}`,
        })),
      ];
    }),
  ),
};

interface Span {
  /** Minutes from midnight, or from Monday's. */
  readonly start: number;
  readonly length: number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;

/** `02:00-03:00`, or `sun:02:00-sun:03:00`. */
function span(window: string): Span {
  const [from = 0, to = 0] = window.split('-').map((text) => {
    const parts = text.split(':');
    const day = parts.length === 3 ? DAYS.indexOf(parts[0] ?? '') : 0;
    const [hours = '0', minutes = '0'] = parts.slice(-2);
    return day * DAY + Number(hours) * 60 + Number(minutes);
  });
  const round = /^[a-z]/.test(window) ? 7 * DAY : DAY;
  return { start: from, length: (to - from + round) % round };
}

function overlap(daily: Span, weekly: Span): boolean {
  // A day more at each end: both kinds of window may run over midnight.
  return Array.from({ length: 9 }, (_, day) => (day - 1) * DAY + daily.start).some(
    (start) => start < weekly.start + weekly.length && weekly.start < start + daily.length,
  );
}

export const awsDataRules: readonly Rule[] = [
  databaseKind,
  capacity,
  storageMax,
  connections,
  versions,
  databaseTls,
  redisPassword,
  windows,
];
