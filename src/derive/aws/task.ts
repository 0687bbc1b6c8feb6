import { SQL_SECONDS } from '../limits.ts';
import {
  backendContainer,
  type ContainerPlan,
  migrateContainer,
  retireContainer,
  sqlContainer,
  type TaskOptions,
  WRITABLE,
} from './containers.ts';
import { FARGATE_START_SECONDS, WAITED_FOR } from './limits.ts';
import { awsName } from './names.ts';

export interface TaskPlan {
  readonly family: string;
  /** Fargate CPU units: 1024 are one CPU. */
  readonly cpuUnits: number;
  readonly memoryMib: number;
  readonly architecture: 'X86_64' | 'ARM64';
  /** Empty volumes of the task, by name. */
  readonly volumes: readonly string[];
  /** In the order of their start. */
  readonly containers: readonly ContainerPlan[];
}

/** A task that `up` runs once and to its end. */
export interface OneOffTaskPlan {
  readonly family: string;
  /** In the order of their start; the last one ends the task. */
  readonly containers: readonly ContainerPlan[];
  /** How long it may take, Fargate's own start included. */
  readonly timeoutSeconds: number;
}

const MIB = 1024 ** 2;

/** Prepare, migrate, serve: three containers, each of which starts when the one before has succeeded. */
export function planTask(options: TaskOptions): TaskPlan {
  const { backend, aws } = options;
  const sql = sqlContainer(options);
  return {
    family: options.name,
    cpuUnits: Math.round((backend.cpuMillis * 1024) / 1000),
    memoryMib: backend.memoryBytes / MIB,
    architecture: aws.backend.architecture === 'arm64' ? 'ARM64' : 'X86_64',
    volumes: Object.keys(WRITABLE),
    containers: [
      ...(sql ? [sql] : []),
      migrateContainer(options, { afterSql: sql !== undefined, limits: WAITED_FOR }),
      backendContainer(options),
    ],
  };
}

/** The same two containers, alone: nothing waits for the migrations, so they have their own limits. */
export function planPrepareTask(options: TaskOptions): OneOffTaskPlan {
  const { sql: sqlPlan, migrate } = options.prepare;
  const sql = sqlContainer(options);
  const { lockTimeoutSeconds, timeoutSeconds } = migrate.config;
  return {
    family: awsName(options.name, '-prepare', 255),
    containers: [
      ...(sql ? [sql] : []),
      {
        ...migrateContainer(options, { afterSql: sql !== undefined, limits: {} }),
        essential: true,
      },
    ],
    timeoutSeconds:
      FARGATE_START_SECONDS +
      (sqlPlan?.timeoutSeconds ?? 0) +
      lockTimeoutSeconds +
      timeoutSeconds * (migrate.seed ? 2 : 1),
  };
}

/** The task that takes unused login roles out of service. */
export function planRetireTask({ name, master }: TaskOptions): OneOffTaskPlan | undefined {
  if (!master) return undefined;
  return {
    family: awsName(name, '-retire', 255),
    containers: [retireContainer(master)],
    timeoutSeconds: FARGATE_START_SECONDS + SQL_SECONDS,
  };
}
