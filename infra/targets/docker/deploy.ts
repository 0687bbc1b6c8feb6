import * as pulumi from '@pulumi/pulumi';
import { lockedImage } from '../../../src/derive/images.ts';
import { LABELS } from '../../../src/derive/labels.ts';
import type { DockerPlan, PostgresPlan, RedisPlan } from '../../../src/derive/plan.ts';
import { wrapCommand } from '../../../src/derive/secret-exec.ts';
import { formatSecretVersions } from '../../../src/derive/secret-versions.ts';
import { splitEnvironment } from '../../../src/derive/split-environment.ts';
import type { ContainerRuntime } from '../../../src/docker/container-runtime.ts';
import type { BuildContext } from '../../../src/images/build-context.ts';
import { BackendImage } from '../../components/docker/backend-image.ts';
import { BackendService } from '../../components/docker/backend-service.ts';
import { HttpEdge } from '../../components/docker/http-edge.ts';
import { PostgresDatabase, SOCKET_FOLDER } from '../../components/docker/postgres-database.ts';
import { PrepareJob, SMALL_JOB_LIMITS } from '../../components/docker/prepare-job.ts';
import { PrivateNetwork } from '../../components/docker/private-network.ts';
import { RedisCache } from '../../components/docker/redis-cache.ts';
import type { StackSecrets } from '../../secrets.ts';
import type { TargetOutputs } from '../outputs.ts';
import { type BackendVolumes, backendVolumes } from './backend-volumes.ts';
import { machineFiles, secretFiles } from './container-files.ts';
import { migrateJob } from './migrate-job.ts';
import { redisUsers, retireLogins } from './retire.ts';

export interface DockerTargetArgs {
  readonly plan: DockerPlan;
  readonly secrets: StackSecrets;
  readonly runtime: ContainerRuntime;
  /** What the backend's image is built from; not needed for a reference. */
  readonly buildContext?: BuildContext;
  /** The prepare script's text. */
  readonly prepareScript: string;
  /** Kernel settings of the edge's network. @default none */
  readonly edgeSysctls?: Readonly<Record<string, string>>;
}

/** Makes all of a stack's resources on a Docker engine; what does not depend on each other at once. */
export function deployToDocker(args: DockerTargetArgs): TargetOutputs {
  const { plan, secrets, runtime } = args;
  const { labels, proxy } = plan;
  const network = new PrivateNetwork('network', { networkName: plan.network.name, labels });
  const image = new BackendImage('backend-image', {
    repository: `${plan.name}-backend`,
    source: 'reference' in plan.backend.image ? plan.backend.image : built(args),
  });
  const common = { labels, runtime, network: network.networkId };
  const edge = new HttpEdge('edge', {
    ...common,
    ...proxy,
    containerName: `${plan.name}-edge`,
    image: lockedImage(plan.images, 'edge').ref,
    sysctls: args.edgeSysctls,
    files: machineFiles(proxy.files),
    limits: proxy,
  });
  const database =
    plan.database.kind === 'postgres' ? postgres(args, common, plan.database) : undefined;
  const redis = plan.redis?.kind === 'redis' ? redisCache(args, common, plan.redis) : undefined;

  const split = splitEnvironment(plan.backend);
  const volumes = backendVolumes(args, image.imageId);
  const prepared = prepare(args, {
    common,
    image,
    database,
    redis,
    volumes,
  });
  const { released } = new BackendService('backend', {
    ...common,
    ...plan.backend,
    replicaLabels: { [LABELS.secretVersions]: formatSecretVersions(plan.secrets) },
    releaseKey: secrets.value('jwt'),
    edgeId: edge.containerId,
    limits: plan.backend,
    image: image.imageId,
    command: wrapCommand(plan.backend.command, plan.backend.shell),
    environment: split.env,
    files: [...secretFiles(secrets, split.secretFiles), ...machineFiles(plan.backend.files)],
    volumes: volumes.mounts,
    startsAfter: [prepared.succeeded],
  });
  volumes.uploads?.finishAfter(released);
  retireLogins({ plan, runtime, released, database, redis });
  // None of them waits for the jobs or the backend: Pulumi forgets the outputs of a run in which one
  // fails to resolve, and they are wanted most after a release that failed.
  return {
    url: plan.edge.url,
    environment: environmentOutput(plan, secrets),
    images: pulumi
      .all([image.imageName, image.imageId])
      .apply(([name, id]) => imageOutput(plan, `${name} (${id})`)),
    names: {
      network: plan.network.name,
      edge: edge.containerName,
      ...(database ? { database: database.containerName } : {}),
      ...(redis ? { redis: redis.containerName } : {}),
    },
  };
}

function imageOutput(plan: DockerPlan, backend: string): Record<string, string> {
  const shown = Object.entries(plan.images.images).map(([key, { name, ref }]) => [
    key,
    `${name} (${ref})`,
  ]);
  return { ...Object.fromEntries(shown), backend };
}

interface Common {
  readonly labels: DockerPlan['labels'];
  readonly runtime: ContainerRuntime;
  readonly network: pulumi.Output<string>;
}

function built(args: DockerTargetArgs): BuildContext {
  if (args.buildContext === undefined) throw new Error('the backend image has no build context');
  return args.buildContext;
}

function postgres(args: DockerTargetArgs, common: Common, plan: PostgresPlan): PostgresDatabase {
  const image = lockedImage(args.plan.images, 'postgres');
  return new PostgresDatabase('database', {
    ...common,
    ...plan,
    alias: plan.host,
    image: image.ref,
    majorVersion: Number.parseInt(image.version, 10),
    socketVolumeName: plan.socketVolume.name,
    limits: plan,
  });
}

function redisCache(args: DockerTargetArgs, common: Common, plan: RedisPlan): RedisCache {
  return new RedisCache('redis', {
    ...common,
    ...plan,
    containerName: `${args.plan.name}-redis`,
    alias: plan.host,
    image: lockedImage(args.plan.images, 'redis').ref,
    limits: plan,
    users: redisUsers(args.secrets, plan.users),
  });
}

interface PrepareParts {
  readonly common: Common;
  readonly image: BackendImage;
  readonly database?: PostgresDatabase;
  readonly redis?: RedisCache;
  readonly volumes: BackendVolumes;
}

/** Roles, schema and extensions by psql; then the backend's own migrations, and their proof. */
function prepare(args: DockerTargetArgs, parts: PrepareParts): PrepareJob {
  const { plan } = args;
  const { labels, runtime, network } = parts.common;
  const { sql, migrate } = plan.prepare;
  // A database that was made anew has to be prepared anew.
  const runAgainWith = parts.database ? { database: parts.database.container.id } : undefined;
  const result = (expects: 'schema' | 'proven') => {
    const { server, schema } = migrate.config;
    if (!parts.database || !server || !schema) return undefined;
    return { databaseId: parts.database.container.id, database: server.database, schema, expects };
  };
  const sqlJob =
    sql &&
    new PrepareJob('prepare-sql', {
      labels,
      runtime,
      component: 'prepare-sql',
      image: lockedImage(plan.images, 'postgres').ref,
      user: 'postgres',
      command: sql.command,
      environment: {},
      files: [
        { path: sql.scriptPath, content: sql.script },
        ...secretFiles(args.secrets, sql.secretFiles),
        ...machineFiles(sql.files),
      ],
      ...(parts.database
        ? { volumes: [{ name: parts.database.socketVolumeName, path: SOCKET_FOLDER }] }
        : { network }),
      limits: SMALL_JOB_LIMITS,
      timeoutSeconds: sql.timeoutSeconds,
      runAgainWith,
      result: result('schema'),
      startsAfter: parts.database ? [parts.database.ready] : [],
    });
  const job = migrateJob(plan, args.secrets, args.prepareScript);
  return new PrepareJob('prepare-migrate', {
    labels,
    runtime,
    component: 'prepare-migrate',
    image: parts.image.imageId,
    ...job,
    tmpfs: plan.backend.tmpfs,
    volumes: parts.volumes.mounts,
    network,
    limits: migrate,
    timeoutSeconds: migrateTimeoutSeconds(plan),
    runAgainWith: { ...runAgainWith, ...job.runAgainWith },
    result: result('proven'),
    startsAfter: [sqlJob?.succeeded, parts.redis?.ready, ...parts.volumes.ready].filter(
      (each) => each !== undefined,
    ),
  });
}

/** Room for the lock, the migrations, the seed and the proofs, each of which has its own limit. */
function migrateTimeoutSeconds(plan: DockerPlan): number {
  const { config } = plan.prepare.migrate;
  return config.lockTimeoutSeconds + config.timeoutSeconds * (config.seed ? 2 : 1) + 120;
}

function environmentOutput(
  plan: DockerPlan,
  secrets: StackSecrets,
): pulumi.Output<Record<string, string>> {
  const values = plan.backend.environment.map(({ name, value }) => [name, secrets.fill(value)]);
  return pulumi.secret(
    pulumi.all(Object.fromEntries(values) as Record<string, pulumi.Output<string>>),
  );
}
