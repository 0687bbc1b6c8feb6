import { lockedImage } from '../../../src/derive/images.ts';
import type { DockerPlan } from '../../../src/derive/plan.ts';
import { serverUser } from '../../../src/docker/container-user.ts';
import { MIGRATE_JOB_MARGIN_SECONDS } from '../../../src/docker/limits.ts';
import type { BackendImage } from '../../components/docker/backend-image.ts';
import type { Placement } from '../../components/docker/container-args.ts';
import { type PostgresDatabase, SOCKET_FOLDER } from '../../components/docker/postgres-database.ts';
import {
  PrepareJob,
  type PrepareJobArgs,
  SMALL_JOB_LIMITS,
} from '../../components/docker/prepare-job.ts';
import type { RedisCache } from '../../components/docker/redis-cache.ts';
import type { DockerTargetArgs } from './args.ts';
import type { BackendContainer } from './backend.ts';
import type { BackendVolumes } from './backend-volumes.ts';
import { machineFiles, secretFiles } from './container-files.ts';
import { migrateJob } from './migrate-job.ts';

type PrepareArgs = Pick<DockerTargetArgs, 'plan' | 'scope' | 'secrets' | 'prepareScript'>;

export interface PrepareParts {
  readonly image: BackendImage;
  readonly database: PostgresDatabase | undefined;
  readonly redis: RedisCache | undefined;
  readonly volumes: BackendVolumes;
}

/** Roles, schema and extensions by psql; then the backend's own migrations, and their proof. */
export function prepareDatabase(
  args: PrepareArgs,
  container: BackendContainer,
  parts: PrepareParts,
): PrepareJob {
  const sqlJob = prepareSql(args, container, parts.database);
  const { plan, scope } = args;
  const job = migrateJob(plan, args.secrets, args.prepareScript);
  return new PrepareJob(
    scope.name('prepare-migrate'),
    {
      ...container,
      component: 'prepare-migrate',
      image: parts.image.imageId,
      ...job,
      tmpfs: plan.backend.tmpfs,
      volumes: parts.volumes.mounts,
      limits: plan.prepare.migrate,
      timeoutSeconds: migrateTimeoutSeconds(plan),
      runAgainWith: { ...runAgainWith(parts.database), ...job.runAgainWith },
      result: result(plan, parts.database, 'proven'),
      startsAfter: [sqlJob?.succeeded, parts.redis?.ready, ...parts.volumes.ready].filter(
        (each) => each !== undefined,
      ),
    },
    scope.opts,
  );
}

/** undefined with sqlite. */
function prepareSql(
  { plan, scope, secrets }: PrepareArgs,
  { labels, runtime, network }: Placement,
  database: PostgresDatabase | undefined,
): PrepareJob | undefined {
  const { sql } = plan.prepare;
  if (!sql) return undefined;
  return new PrepareJob(
    scope.name('prepare-sql'),
    {
      labels,
      runtime,
      component: 'prepare-sql',
      image: lockedImage(plan.images, 'postgres').ref,
      user: serverUser('postgres'),
      command: sql.command,
      environment: {},
      files: [
        { path: sql.scriptPath, content: sql.script },
        ...secretFiles(secrets, sql.secretFiles),
        ...machineFiles(sql.files),
      ],
      // The superuser can log in only through the socket.
      ...(database
        ? { volumes: [{ name: database.socketVolumeName, path: SOCKET_FOLDER }] }
        : { network }),
      limits: SMALL_JOB_LIMITS,
      timeoutSeconds: sql.timeoutSeconds,
      runAgainWith: runAgainWith(database),
      result: result(plan, database, 'schema'),
      startsAfter: database ? [database.ready] : [],
    },
    scope.opts,
  );
}

/** A database that was created again has to be prepared again. */
function runAgainWith(database: PostgresDatabase | undefined): PrepareJobArgs['runAgainWith'] {
  return database && { database: database.container.id };
}

function result(
  plan: DockerPlan,
  database: PostgresDatabase | undefined,
  expects: 'schema' | 'proven',
): PrepareJobArgs['result'] {
  const { server, schema } = plan.prepare.migrate.config;
  if (!database || !server || !schema) return undefined;
  return { databaseId: database.container.id, database: server.database, schema, expects };
}

/** Room for the lock, the migrations, the seed and the proofs, each of which has its own limit. */
function migrateTimeoutSeconds({ prepare }: DockerPlan): number {
  const { lockTimeoutSeconds, timeoutSeconds, seed } = prepare.migrate.config;
  return lockTimeoutSeconds + timeoutSeconds * (seed ? 2 : 1) + MIGRATE_JOB_MARGIN_SECONDS;
}
