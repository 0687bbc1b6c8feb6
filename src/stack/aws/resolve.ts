import { parseSizeBytes } from '../../units.ts';
import type { RawStack } from '../sections/root.ts';
import type { DraftStack } from '../stack-file.ts';
import type { AwsAutoscaling, AwsSection } from './section.ts';

type Raw = NonNullable<RawStack['aws']>;

/** The section `aws` with its defaults; most of them follow from the rest of the file. */
export function resolveAws(raw: Raw, stack: Omit<DraftStack, 'aws'>): AwsSection {
  const production = stack.environment === 'production';
  return {
    region: raw.region,
    tags: Object.fromEntries(
      Object.entries(raw.tags ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    kmsKey: raw.kmsKey ?? undefined,
    logDays: raw.logDays ?? (production ? 90 : 14),
    secretRecoveryDays: raw.secretRecoveryDays ?? (production ? 7 : 0),
    network: resolveNetwork(raw.network, production),
    database: resolveDatabase(raw.database, stack),
    redis: resolveRedis(raw.redis, stack),
    backend: {
      architecture: raw.backend?.architecture ?? 'x86_64',
      exec: raw.backend?.exec ?? !production,
      insights: raw.backend?.insights ?? false,
      autoscaling: resolveAutoscaling(raw.backend?.autoscaling, stack.backend.replicas),
      spotPercent: raw.backend?.spotPercent ?? 0,
      repository: raw.backend?.repository ?? undefined,
      policies: raw.backend?.policies ?? [],
    },
    edge: {
      zone: raw.edge?.zone ?? undefined,
      accessLogs: raw.edge?.accessLogs ?? false,
      waf: raw.edge?.waf ?? false,
    },
  };
}

function resolveNetwork(raw: Raw['network'], production: boolean): AwsSection['network'] {
  return {
    cidr: raw?.cidr ?? '10.0.0.0/16',
    zones: raw?.zones === 3 ? 3 : 2,
    nat: raw?.nat ?? (production ? 'per-zone' : 'single'),
    flowLogs: raw?.flowLogs ?? false,
    existing: raw?.vpc
      ? {
          vpc: raw.vpc,
          publicSubnets: raw.publicSubnets ?? [],
          privateSubnets: raw.privateSubnets ?? [],
        }
      : undefined,
  };
}

function resolveDatabase(
  raw: Raw['database'],
  { environment, database }: Omit<DraftStack, 'aws'>,
): AwsSection['database'] {
  const production = environment === 'production';
  const storageBytes = database.type === 'postgres' ? database.storageBytes : 0;
  return {
    kind: raw?.kind ?? 'rds',
    instance: raw?.instance ?? (production ? 'db.t4g.medium' : 'db.t4g.micro'),
    capacity: { min: raw?.capacity?.min ?? 0.5, max: raw?.capacity?.max ?? 4 },
    instances: raw?.instances ?? (production ? 2 : 1),
    storageMaxBytes: parseSizeBytes(raw?.storageMax ?? '') ?? storageBytes * 5,
    multiAz: raw?.multiAz ?? production,
    backupDays: raw?.backupDays ?? { production: 14, staging: 3, development: 1 }[environment],
    backupWindow: raw?.backupWindow ?? '02:00-03:00',
    maintenanceWindow: raw?.maintenanceWindow ?? 'sun:03:30-sun:04:30',
    performanceInsights: raw?.performanceInsights ?? production,
    deletionProtection: raw?.deletionProtection ?? production,
    finalSnapshot: raw?.finalSnapshot ?? database.onDestroy === 'keep',
    replaceable: raw?.replaceable ?? false,
  };
}

function resolveRedis(
  raw: Raw['redis'],
  { environment, redis }: Omit<DraftStack, 'aws'>,
): AwsSection['redis'] {
  const production = environment === 'production';
  const persistent = redis !== false && redis.persist;
  return {
    engine: raw?.engine ?? 'redis',
    node: raw?.node ?? undefined,
    replicas: raw?.replicas ?? (production ? 1 : 0),
    snapshotDays: raw?.snapshotDays ?? (production && persistent ? 7 : 0),
    snapshotWindow: raw?.snapshotWindow ?? '03:00-04:00',
    maintenanceWindow: raw?.maintenanceWindow ?? 'sun:04:30-sun:05:30',
    replaceable: raw?.replaceable ?? false,
  };
}

function resolveAutoscaling(
  raw: NonNullable<Raw['backend']>['autoscaling'],
  replicas: number,
): AwsAutoscaling | undefined {
  if (!raw) return undefined;
  const aims = [raw.cpu, raw.memory, raw.requests].filter(
    (aim) => aim !== null && aim !== undefined,
  );
  return {
    min: raw.min ?? replicas,
    max: raw.max,
    cpu: raw.cpu ?? (aims.length === 0 ? 60 : undefined),
    memory: raw.memory ?? undefined,
    requests: raw.requests ?? undefined,
    schedule: (raw.schedule ?? []).map(({ timezone, ...rest }) => ({
      ...rest,
      timezone: timezone ?? 'UTC',
    })),
  };
}
