import type { AwsSection, RedisSection } from '../../stack/stack-file.ts';
import type { ExternalRedisPlan } from '../external-redis.ts';
import type { Template } from '../template-parts.ts';
import { awsName } from './names.ts';

/** A replication group with cluster mode disabled: Medusa's client is no cluster client. */
export interface ElastiCachePlan {
  /** At most 40 characters. */
  readonly replicationGroupId: string;
  readonly engine: 'redis' | 'valkey';
  readonly engineVersion: string;
  readonly parameterFamily: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly nodeType: string;
  /** The primary and its replicas. */
  readonly nodes: number;
  /** With two nodes or more. */
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
  readonly port: number;
  /**
   * The password of the default user. It changes with strategy ROTATE: both are taken until the old
   * one is retired with strategy SET.
   */
  readonly authToken: Template;
  /** 0: none. */
  readonly snapshotDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly snapshotWindow: string;
  readonly maintenanceWindow: string;
  readonly finalSnapshot: boolean;
  readonly applyImmediately: boolean;
  readonly allowReplacement: boolean;
}

/** A Redis that the cloud runs for the stack; `plan.aws.redis` says which. */
export interface ManagedRedisPlan {
  readonly kind: 'managed-redis';
  readonly port: number;
}

const REDIS_PORT = 6379;
const GIB = 1024 ** 3;
/** ElastiCache keeps a quarter for snapshots and failover (`reserved-memory-percent`). */
const USABLE = 0.75;

/** Node types and their memory in GiB (ElastiCache User Guide, "Supported node types"), by price. */
const NODES: readonly (readonly [type: string, gib: number])[] = [
  ['cache.t4g.micro', 0.5],
  ['cache.t4g.small', 1.37],
  ['cache.t4g.medium', 3.09],
  ['cache.r7g.large', 13.07],
  ['cache.r7g.xlarge', 26.32],
  ['cache.r7g.2xlarge', 52.82],
  ['cache.r7g.4xlarge', 105.81],
  ['cache.r7g.8xlarge', 209.55],
  ['cache.r7g.12xlarge', 317.77],
  ['cache.r7g.16xlarge', 419.09],
];

/** Major version of the file -> that of the engine. Within it, minors come by themselves. */
const VERSIONS = {
  redis: { 6: '6.2', 7: '7.1' },
  valkey: { 7: '7.2', 8: '8.1' },
} as const;
const DEFAULT = { redis: 7, valkey: 8 } as const;

/** The smallest node that holds that much; the largest where none does. */
export function nodeFor(memoryBytes: number): string {
  const fitting = NODES.find(([, gib]) => gib * GIB * USABLE >= memoryBytes) ?? NODES.at(-1);
  return (fitting ?? ['cache.t4g.micro', 0])[0];
}

/** The Redis part of a plan: how it is reached; the servers themselves are `planElastiCache`'s. */
export function planAwsRedis(section: RedisSection): ManagedRedisPlan | ExternalRedisPlan {
  return section.external
    ? { kind: 'external-redis', secret: section.external.url.secret }
    : { kind: 'managed-redis', port: REDIS_PORT };
}

export function planElastiCache(
  name: string,
  redis: RedisSection,
  aws: AwsSection,
  production: boolean,
): ElastiCachePlan {
  const section = aws.redis;
  const { engine } = section;
  const major = redis.version ?? DEFAULT[engine];
  const versions: Readonly<Record<number, string>> = VERSIONS[engine];
  const nodes = 1 + section.replicas;
  return {
    replicationGroupId: awsName(name, '-redis', 40),
    engine,
    engineVersion: versions[major] ?? String(major),
    parameterFamily: major === 6 ? 'redis6.x' : `${engine}${major}`,
    parameters: [],
    nodeType: section.node ?? nodeFor(redis.memory),
    nodes,
    automaticFailover: nodes > 1,
    multiAz: nodes > 1,
    port: REDIS_PORT,
    authToken: [{ secret: 'redis' }],
    snapshotDays: section.snapshotDays,
    snapshotWindow: section.snapshotWindow,
    maintenanceWindow: section.maintenanceWindow,
    finalSnapshot: redis.persist && redis.onDestroy === 'keep' && section.snapshotDays > 0,
    applyImmediately: !production,
    allowReplacement: section.replaceable,
  };
}
