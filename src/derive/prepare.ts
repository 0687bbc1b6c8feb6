import { PREPARE_SCRIPT_PATH } from '../container/paths.ts';
import type { StackFile } from '../stack/stack-file.ts';
import type { ManagedPostgresPlan } from './aws/database.ts';
import type { DockerDatabasePlan } from './docker/database.ts';
import { LIMITS } from './docker/sizes.ts';
import type { DatabaseDerivation } from './external-database.ts';
import { MIGRATE_LOCK_SECONDS, MIGRATE_SECONDS } from './limits.ts';
import type { SqlPreparePlan } from './sql/plan.ts';

/** What runs once, under a lock, before a release takes traffic. */
export interface PreparePlan {
  /** Absent with sqlite. */
  readonly sql?: SqlPreparePlan;
  readonly migrate: MigratePlan;
}

/** The job in the backend's image: lock, migrations, proof, repairs, seed, probes (`src/container/prepare`). */
export interface MigratePlan {
  readonly command: readonly string[];
  readonly seed?: readonly string[];
  readonly timeoutSeconds: number;
  /** JSON that the prepare script reads from PREPARE_CONFIG. */
  readonly config: PrepareConfig;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
}

/** The prepare script's whole input, in addition to the backend's environment. */
export interface PrepareConfig {
  readonly database: 'postgres' | 'sqlite';
  /** Only with postgres. */
  readonly schema?: string;
  readonly extensionsSchema?: string;
  /** The stack's own PostgreSQL on docker: where a person runs what a message proposes. */
  readonly server?: { readonly container: string; readonly database: string };
  readonly redis: boolean;
  readonly migrate: readonly string[];
  readonly seed?: readonly string[];
  /** Limit on the migrate command, and apart from it on the seed command. */
  readonly timeoutSeconds: number;
  /** How long to wait for the advisory lock. */
  readonly lockTimeoutSeconds: number;
}

export function planPrepare(
  stack: StackFile,
  database: DatabaseDerivation<DockerDatabasePlan | ManagedPostgresPlan>,
  redis: boolean,
): PreparePlan {
  const { backend, database: section } = stack;
  const seed = backend.seed ? { seed: backend.seed } : {};
  return {
    ...(database.sql ? { sql: database.sql } : {}),
    migrate: {
      command: ['node', PREPARE_SCRIPT_PATH],
      ...seed,
      timeoutSeconds: MIGRATE_SECONDS,
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
        timeoutSeconds: MIGRATE_SECONDS,
        lockTimeoutSeconds: MIGRATE_LOCK_SECONDS,
      },
      cpuMillis: Math.max(backend.cpu, LIMITS.prepare.cpuMillis),
      memoryBytes: Math.max(backend.memory, LIMITS.prepare.memoryBytes),
      pidsLimit: LIMITS.backend.pids,
    },
  };
}
