import type { DockerPlan } from '../../../derive/plan.ts';
import type { StackFile } from '../../../stack/stack-file.ts';
import { bytes, cpu } from '../../units-text.ts';
import type { Row, TargetSections } from '../row.ts';

/** What Docker runs of a stack, by the sections of `plan`. */
export function dockerSections(plan: DockerPlan, stack: StackFile): TargetSections {
  const database = databaseRows(plan, stack);
  const redis = redisRows(plan);
  return {
    ...(database ? { database } : {}),
    ...(redis ? { redis } : {}),
    uploads: uploadsRows(plan),
    edge: edgeRows(plan),
  };
}

function databaseRows(plan: DockerPlan, stack: StackFile): Row[] | undefined {
  const { database } = plan;
  if (database.kind === 'sqlite') {
    return [
      ['file', `SQLite, in ${database.folder}`],
      ['volume', volumeText(database.volume)],
    ];
  }
  if (database.kind !== 'postgres') return undefined;
  const schemas =
    stack.database.type === 'postgres'
      ? [stack.database.schema, stack.database.extensionsSchema]
      : [];
  return [
    ['server', `PostgreSQL at ${database.host}:${database.port} of the stack's network`],
    ['search_path', schemas.join(', ')],
    ['volume', volumeText(database.volume)],
    ['limits', `${cpu(database.cpuMillis)}, ${bytes(database.memoryBytes)}`],
    ...exposed(database.exposePort),
  ];
}

function redisRows(plan: DockerPlan): Row[] | undefined {
  const { redis } = plan;
  if (redis?.kind !== 'redis') return undefined;
  return [
    ['server', `Redis at ${redis.host}:${redis.port} of the stack's network`],
    ['persistent', redis.persist ? 'yes' : 'no'],
    ['volume', volumeText(redis.volume)],
    ['limits', `${cpu(redis.cpuMillis)}, ${bytes(redis.memoryBytes)}`],
    ...exposed(redis.exposePort),
  ];
}

function uploadsRows({ uploads }: DockerPlan): Row[] {
  if (!uploads) return [['files', 'not kept']];
  return [
    ['folder', uploads.path],
    ['volume', `${volumeText(uploads.volume)}, shared by all replicas`],
  ];
}

const CERTIFICATES = {
  acme: 'issued by ACME; by the edge itself until ACME has succeeded',
  local: 'issued by the edge itself',
} as const;

function edgeRows(plan: DockerPlan): Row[] {
  const { edge, proxy } = plan;
  const { bind, httpPort, certificates } = proxy;
  return [
    ['listens', `${bind}:${edge.port}`],
    ...(httpPort === undefined ? [] : [['redirects', `${bind}:${httpPort}`] as const]),
    ['tls', certificates === 'none' ? edge.tls : `${edge.tls}: ${CERTIFICATES[certificates]}`],
    ['log-ins', loginsText(plan)],
    ['volume', volumeText(proxy.volume)],
  ];
}

function loginsText({ loginLimit }: DockerPlan): string {
  if (!loginLimit) return 'no limit';
  return `${loginLimit.requests} of one address in ${loginLimit.windowSeconds / 60} minutes`;
}

function volumeText(volume: { readonly name: string; readonly keep: boolean }): string {
  return `${volume.name}, ${volume.keep ? 'kept' : 'removed'} on destroy`;
}

function exposed(port: number | undefined): Row[] {
  return port === undefined ? [] : [['exposed', `127.0.0.1:${port}`]];
}
