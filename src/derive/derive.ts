import type { RedisSection, SecretSpec, StackFile, UploadsSection } from '../stack/stack-file.ts';
import { deriveManagedDatabase } from './aws/database.ts';
import { deriveAws } from './aws/derive.ts';
import { REDIS_PORT as MANAGED_REDIS_PORT } from './aws/redis.ts';
import { type DatabaseDerivation, deriveDatabase, versionsOf } from './database.ts';
import { planEdge, planProxy } from './docker/edge.ts';
import {
  REDIS_RUN_FOLDER,
  redisCommand,
  redisConfig,
  redisHealthCommand,
  redisUsers,
} from './docker/redis-config.ts';
import { BACKEND_TMPFS, LIMITS, STOP_GRACE_SECONDS } from './docker/sizes.ts';
import { deriveEnvironment } from './environment.ts';
import { checkImageVersions, lockedImage } from './images.ts';
import { deriveModules, derivePlugins } from './modules.ts';
import { HOSTS, objectNames, stackLabels, stackPrefix } from './names.ts';
import type { Plan, PlannedSecret, PreparePlan, StackImages, UploadsPlan } from './plan.ts';

export interface DeriveOptions {
  /** Pulumi's project and stack names. */
  readonly project: string;
  readonly stack: string;
  readonly images: StackImages;
}

const REDIS_PORT = 6379;
const REDIS_RUN_BYTES = 1024 ** 2;
/** Limit on the migrations, and apart from it on the seed. They take seconds; some failures hang. */
const MIGRATE_TIMEOUT_SECONDS = 300;
const MIGRATE_LOCK_TIMEOUT_SECONDS = 120;

/**
 * What a target has to make for a stack. Pure: the same input gives the same plan, nothing is read.
 * @throws UserError for what only images and target can tell, such as a version that is not offered
 */
export function derivePlan(stack: StackFile, options: DeriveOptions): Plan {
  checkImageVersions(stack, options.images);
  const prefix = stackPrefix(options.project, options.stack);
  const nodeEnv = stack.environment === 'development' ? 'development' : 'production';
  const secrets = planSecrets(stack);
  const section = stack.database;
  const managed = stack.target === 'aws' && section.type === 'postgres' && !section.external;
  const database = managed
    ? deriveManagedDatabase(section, secrets)
    : deriveDatabase(stack, prefix, secrets);
  const redis = stack.redis ? planRedis(stack, stack.redis, prefix, secrets) : undefined;
  const modules = deriveModules(stack.modules, { redis: redis !== undefined, prefix });
  const plugins = derivePlugins(stack.plugins);
  const edge = planEdge(stack);
  const environment = deriveEnvironment({
    stack,
    prefix,
    nodeEnv,
    publicUrl: edge.publicUrl,
    database,
    redis,
    secrets,
    modules,
    plugins,
  });
  const plan: Plan = {
    name: prefix,
    project: options.project,
    stack: options.stack,
    target: stack.target,
    environment: stack.environment,
    nodeEnv,
    labels: stackLabels(options.project, options.stack),
    images: options.images,
    secrets,
    database: database.plan,
    ...(redis ? { redis } : {}),
    ...(stack.uploads ? { uploads: planUploads(stack.uploads, prefix) } : {}),
    prepare: planPrepare(stack, database, redis !== undefined),
    backend: {
      image: stack.backend.image,
      command: stack.backend.command,
      shell: stack.backend.shell,
      replicas: stack.backend.replicas,
      alias: HOSTS.backend,
      port: stack.backend.port,
      cpuMillis: stack.backend.cpuMillis,
      memoryBytes: stack.backend.memoryBytes,
      pidsLimit: LIMITS.backend.pids,
      stopGraceSeconds: stack.backend.stopGraceSeconds,
      health: stack.backend.health,
      environment,
      files: database.files,
      tmpfs: BACKEND_TMPFS,
    },
    edge,
    modules,
    plugins,
  };
  if (stack.target === 'aws') return { ...plan, aws: deriveAws(stack, plan) };
  const image = lockedImage(options.images, 'edge');
  return {
    ...plan,
    network: { name: objectNames(prefix).network },
    proxy: planProxy(stack, { prefix, url: edge.url, image }),
  };
}

/** Secrets by name; the database's and Redis's own only where the stack brings them up. */
function planSecrets(stack: StackFile): readonly PlannedSecret[] {
  const needless = new Set<string>();
  if (stack.database.type !== 'postgres' || stack.database.external) needless.add('database');
  if (!stack.redis || stack.redis.external) needless.add('redis');
  return Object.entries(stack.secrets)
    .filter(([name]) => !needless.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, spec]) => planSecret(name, spec));
}

function planSecret(name: string, spec: SecretSpec): PlannedSecret {
  if (spec.from !== 'generated') return { name, from: spec.from };
  const alive = Math.min(spec.keep + 1, spec.version);
  const versions = Array.from({ length: alive }, (_, index) => spec.version - index);
  const { length, alphabet } = spec;
  return { name, from: 'generated', length, alphabet, versions };
}

function planRedis(
  stack: StackFile,
  section: RedisSection,
  prefix: string,
  secrets: readonly PlannedSecret[],
): NonNullable<Plan['redis']> {
  if (section.external) return { kind: 'external-redis', secret: section.external.url.secret };
  if (stack.target === 'aws') return { kind: 'managed-redis', port: MANAGED_REDIS_PORT };
  const expose = stack.backend.expose.redis;
  const config = redisConfig({ port: REDIS_PORT, ...section });
  return {
    kind: 'redis',
    host: HOSTS.redis,
    port: REDIS_PORT,
    volume: { name: objectNames(prefix).redisVolume, keep: section.onDestroy === 'keep' },
    persist: section.persist,
    cpuMillis: LIMITS.redis.cpuMillis,
    memoryBytes: section.memoryBytes,
    pidsLimit: LIMITS.redis.pids,
    config,
    command: redisCommand(config),
    tmpfs: { [REDIS_RUN_FOLDER]: REDIS_RUN_BYTES },
    users: redisUsers(REDIS_PORT, 'redis', versionsOf(secrets, 'redis')),
    healthCommand: redisHealthCommand(REDIS_PORT),
    ...(expose === undefined ? {} : { exposePort: expose }),
    stopGraceSeconds: STOP_GRACE_SECONDS.redis,
  };
}

function planUploads({ path, onDestroy }: UploadsSection, prefix: string): UploadsPlan {
  const name = objectNames(prefix).uploadsVolume;
  return { volume: { name, keep: onDestroy === 'keep' }, path };
}

function planPrepare(stack: StackFile, database: DatabaseDerivation, redis: boolean): PreparePlan {
  const { backend, database: section } = stack;
  const seed = backend.seed ? { seed: backend.seed } : {};
  return {
    ...(database.sql ? { sql: database.sql } : {}),
    migrate: {
      command: ['node', '/opt/medusa-infra/prepare.cjs'],
      ...seed,
      timeoutSeconds: MIGRATE_TIMEOUT_SECONDS,
      config: {
        database: section.type,
        ...(section.type === 'postgres'
          ? { schema: section.schema, extensionsSchema: section.extensionsSchema }
          : {}),
        ...(database.plan.kind === 'postgres' && section.type === 'postgres'
          ? { server: { container: database.plan.containerName, database: section.name } }
          : {}),
        redis,
        migrate: backend.migrate,
        ...seed,
        timeoutSeconds: MIGRATE_TIMEOUT_SECONDS,
        lockTimeoutSeconds: MIGRATE_LOCK_TIMEOUT_SECONDS,
      },
      cpuMillis: Math.max(backend.cpuMillis, LIMITS.prepare.cpuMillis),
      memoryBytes: Math.max(backend.memoryBytes, LIMITS.prepare.memoryBytes),
      pidsLimit: LIMITS.backend.pids,
    },
  };
}
