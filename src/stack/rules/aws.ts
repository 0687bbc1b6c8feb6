import type { AwsSection } from '../aws-section.ts';
import { listOf } from '../fields.ts';
import type { StackFile } from '../stack-file.ts';
import type { Path } from '../tree.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';
import { isSet, when } from './rule.ts';

/** A check of stacks with target aws that have their section. */
export const onAws =
  (check: (aws: AwsSection, stack: StackFile, context: RuleContext) => readonly Finding[]) =>
  (context: RuleContext): readonly Finding[] =>
    context.stack.target === 'aws' && context.stack.aws
      ? check(context.stack.aws, context.stack, context)
      : [];

const section: Rule = {
  name: 'aws-region',
  about: 'Target aws needs to know the region.',
  whole: true,
  check: ({ stack, broken }) =>
    when(stack.target === 'aws' && !stack.aws && !broken.some(([key]) => key === 'aws'), () => ({
      path: ['aws'],
      message: 'required with target aws; write aws: { region: eu-central-1 }, or another region',
    })),
};

/** Keys that say something about one kind, and are refused with the other. */
const unlike = (base: Path, keys: readonly string[], context: RuleContext, why: string) =>
  keys
    .filter((key) => isSet(context, [...base, key]))
    .map((key): Finding => ({ path: [...base, key], message: why, atKey: true }));

const network: Rule = {
  name: 'aws-network',
  about: 'A VPC is made, or it is your own with its subnets.',
  whole: true,
  check: onAws(({ network: { existing } }, _, context) => {
    const base: Path = ['aws', 'network'];
    if (!existing) {
      const why = 'goes with aws.network.vpc; name your VPC, or remove the subnets';
      return unlike(base, ['publicSubnets', 'privateSubnets'], context, why);
    }
    const missing = (['publicSubnets', 'privateSubnets'] as const)
      .filter((key) => !isSet(context, [...base, key]))
      .map(
        (key): Finding => ({
          path: [...base, 'vpc'],
          message: `needs aws.network.${key}: two or more subnet ids in different zones`,
        }),
      );
    const why = 'not with aws.network.vpc: that network is your own; remove one of the two';
    return [...missing, ...unlike(base, ['cidr', 'zones', 'nat', 'flowLogs'], context, why)];
  }),
};

const cidr: Rule = {
  name: 'aws-cidr',
  about: 'The addresses of the VPC begin where a range of their size begins.',
  check: onAws(({ network: { cidr: range } }) => {
    const [address = '', bits = '16'] = range.split('/');
    const bytes = address.split('.').map(Number);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const size = 2 ** (32 - Number(bits));
    const path: Path = ['aws', 'network', 'cidr'];
    if (bytes.some((byte) => byte > 255)) {
      return [{ path, message: `numbers up to 255, got ${range}` }];
    }
    const start = value - (value % size);
    const shown = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.');
    return when(value % size !== 0, () => ({
      path,
      message: `a /${bits} begins at ${shown}, got ${range}; write ${shown}/${bits}`,
    }));
  }),
};

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
    const least = Math.ceil(((database.storageBytes / GIB) * 11) / 10);
    return when(aws.database.storageMaxBytes < least * GIB, () => ({
      path: ['aws', 'database', 'storageMax'],
      message: `at least ${least}Gi, a tenth above database.storage; raise it, or remove it for five times the storage`,
    }));
  }),
};

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

const stopGrace: Rule = {
  name: 'aws-stop-grace',
  about: 'Fargate gives a container two minutes to stop.',
  check: onAws((_, { backend }) =>
    when(backend.stopGraceSeconds > 120, () => ({
      path: ['backend', 'stopGrace'],
      message: `up to 120s on aws, got ${backend.stopGraceSeconds}s`,
    })),
  ),
};

const edgePort: Rule = {
  name: 'aws-edge-port',
  about: 'The load balancer listens on 443, or on 80 where TLS ends in front of it.',
  check: onAws((_, { edge: { port, tls } }) => {
    const right = tls === 'off' ? 80 : 443;
    return when(port !== right, () => ({
      path: ['edge', 'port'],
      message: `${right} on aws with tls: ${tls.startsWith('arn:') ? 'a certificate' : tls}, got ${port}; remove it`,
    }));
  }),
};

const certificate: Rule = {
  name: 'aws-certificate',
  about:
    'A certificate is proven in a Route 53 zone that the file names, or given by the ARN of one in the same region.',
  whole: true,
  check: onAws((aws, { edge }) => {
    if (edge.tls === 'auto') {
      return when(aws.edge.zone === undefined, () => ({
        path: ['edge', 'tls'],
        message:
          'auto needs aws.edge.zone, the Route 53 zone in which the host is proven; or give the ARN of a certificate',
      }));
    }
    const region = edge.tls.split(':')[3];
    return when(region !== undefined && region !== aws.region, () => ({
      path: ['edge', 'tls'],
      message: `a certificate of ${aws.region}, where the load balancer is, got one of ${region}`,
    }));
  }),
};

const zoneHost: Rule = {
  name: 'aws-zone-host',
  about: 'The host lies in the zone.',
  check: onAws(({ edge: { zone } }, { edge: { host } }) => {
    const byName = zone?.includes('.') ? zone : undefined;
    const inside = byName === undefined || host === byName || host.endsWith(`.${byName}`);
    return when(!inside, () => ({
      path: ['aws', 'edge', 'zone'],
      message: `a zone that ${host} (edge.host) lies in, got ${byName}`,
    }));
  }),
};

const sameRegion: Rule = {
  name: 'aws-same-region',
  about: 'Keys and web ACLs are those of the region.',
  check: onAws((aws) => {
    const named = [
      { path: ['aws', 'kmsKey'], arn: aws.kmsKey, what: 'a key' },
      { path: ['aws', 'edge', 'waf'], arn: aws.edge.waf, what: 'a web ACL' },
    ];
    return named.flatMap(({ path, arn, what }) => {
      const region = typeof arn === 'string' ? arn.split(':')[3] : undefined;
      return when(region !== undefined && region !== aws.region, () => ({
        path,
        message: `${what} of ${aws.region} (aws.region), got one of ${region}`,
      }));
    });
  }),
};

const autoscaling: Rule = {
  name: 'aws-autoscaling',
  about: 'Each range of tasks goes from its least to its most, and has a name of its own.',
  check: onAws(({ backend: { autoscaling: scaling } }, { backend }, context) => {
    if (!scaling) return [];
    const base: Path = ['aws', 'backend', 'autoscaling'];
    const written = isSet(context, [...base, 'min']);
    const whole = when(scaling.min > scaling.max, () => ({
      path: [...base, written ? 'min' : 'max'],
      message: written
        ? `min is at most max, got min ${scaling.min} and max ${scaling.max}`
        : `at least backend.replicas (${backend.replicas}), got ${scaling.max}`,
    }));
    const names = scaling.schedule.map(({ name }) => name);
    const each = scaling.schedule.flatMap(({ name, min, max }, index) => [
      ...when(min > max, () => ({
        path: [...base, 'schedule', index, 'min'],
        message: `min is at most max, got min ${min} and max ${max}`,
      })),
      ...when(names.indexOf(name) < index, () => ({
        path: [...base, 'schedule', index, 'name'],
        message: `${name} is taken; give each entry its own name`,
      })),
    ]);
    return [...whole, ...each];
  }),
};

const recovery: Rule = {
  name: 'aws-secret-recovery',
  about: 'Secrets Manager keeps a removed secret for 7 to 30 days, or not at all.',
  check: onAws(({ secretRecoveryDays: days }) =>
    when(days > 0 && days < 7, () => ({
      path: ['aws', 'secretRecoveryDays'],
      message: `0, or 7 to 30, got ${days}`,
    })),
  ),
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

export const awsRules: readonly Rule[] = [
  section,
  network,
  cidr,
  databaseKind,
  capacity,
  storageMax,
  versions,
  databaseTls,
  redisPassword,
  stopGrace,
  edgePort,
  certificate,
  zoneHost,
  sameRegion,
  autoscaling,
  recovery,
  windows,
];
