import { KEEP_ALIVE_PATH, RETIRE_SQL_PATH } from '../../container/paths.ts';
import type { HealthRequest } from '../../container/probes/requests.ts';
import type { AwsSection } from '../../stack/stack-file.ts';
import type { BackendPlan } from '../backend.ts';
import type { EnvironmentEntry } from '../environment.ts';
import { LABELS } from '../labels.ts';
import type { MigratePlan, PreparePlan } from '../prepare.ts';
import { formatSecretVersions } from '../secret-versions.ts';
import type { PlannedSecret } from '../secrets.ts';
import type { Template } from '../template-parts.ts';
import { psqlCommand } from './database.ts';
import {
  MAX_TASK_PROBE,
  PREPARE_STOP_SECONDS,
  TASK_PROBE,
  TASK_REQUEST_SECONDS,
} from './limits.ts';

/** Which of the stack's images a container runs. */
export type ImageRef = 'release' | 'sql';

export interface ContainerPlan {
  readonly name: string;
  readonly image: ImageRef;
  /** The program, in place of the image's own entry point. */
  readonly entryPoint: readonly string[];
  /** Its arguments. */
  readonly command: readonly string[];
  readonly essential: boolean;
  /** Names of containers that must have ended with exit code 0. */
  readonly dependsOnSuccess: readonly string[];
  /** Templates hold no secret, but may hold outputs. */
  readonly environment: Readonly<Record<string, Template>>;
  readonly secrets: Readonly<Record<string, ContainerSecret>>;
  readonly user?: string;
  readonly readonlyRootFilesystem: boolean;
  /** Volume -> path. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly healthCheck?: {
    /** What the probe of src/container/probes requests; its text is no part of the plan. */
    readonly request: HealthRequest;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly retries: number;
    readonly startPeriodSeconds: number;
  };
  /** Seconds from SIGTERM to SIGKILL; Fargate takes up to 120. */
  readonly stopTimeoutSeconds: number;
  /** Begins the name of its log streams. */
  readonly logPrefix: string;
  /** Docker's labels of the container. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * `entry`: a secret of `AwsPlan.secrets`, at the version that this run wrote.
 * `master-password`: the `password` of the secret that RDS keeps, always the current one, because RDS
 * rotates it on its own.
 */
export type ContainerSecret =
  | { readonly kind: 'entry'; readonly name: string }
  | { readonly kind: 'master-password' };

/** Volume -> folder that the backend may write. */
export const WRITABLE = { tmp: '/tmp' } as const;

export interface TaskOptions {
  readonly name: string;
  readonly backend: BackendPlan;
  readonly prepare: PreparePlan;
  readonly secrets: readonly PlannedSecret[];
  /** How psql reaches the server as its master; undefined: with your server's URL. */
  readonly master?: Readonly<Record<string, Template>>;
  readonly aws: AwsSection;
}

/** The whole command, in place of the image's entry point too, as on Docker. */
function named(name: string, [program = '', ...args]: readonly string[]) {
  return { name, entryPoint: [program], command: args, logPrefix: name };
}

export function sqlContainer({ prepare: { sql }, master }: TaskOptions): ContainerPlan | undefined {
  if (!sql) return undefined;
  const entries = secretEntries('prepare-sql', Object.keys(sql.secretFiles));
  if (!master) {
    return { ...SQL_CONTAINER, ...named('prepare-sql', sql.command), secrets: entries };
  }
  const base = masterContainer(master);
  return {
    ...base,
    ...named('prepare-sql', sql.command),
    secrets: { ...base.secrets, ...entries },
  };
}

/** Takes unused login roles out of service, as the server's master. */
export function retireContainer(master: Readonly<Record<string, Template>>): ContainerPlan {
  return {
    ...masterContainer(master),
    ...named('retire', psqlCommand(RETIRE_SQL_PATH)),
    // Alone in its task: ECS requires an essential container.
    essential: true,
  };
}

const SQL_CONTAINER = {
  image: 'sql',
  essential: false,
  dependsOnSuccess: [],
  environment: {},
  secrets: {},
  user: 'postgres',
  readonlyRootFilesystem: true,
  mounts: {},
  stopTimeoutSeconds: PREPARE_STOP_SECONDS,
} as const satisfies Partial<ContainerPlan>;

function masterContainer(master: Readonly<Record<string, Template>>) {
  return {
    ...SQL_CONTAINER,
    environment: master,
    secrets: { PGPASSWORD: { kind: 'master-password' } } as Record<string, ContainerSecret>,
  };
}

/** What the backend's own program and the migrations share. */
function applicationContainer({ backend, aws }: TaskOptions) {
  return {
    image: 'release' as const,
    ...(aws.backend.user === undefined ? {} : { user: aws.backend.user }),
    readonlyRootFilesystem: !aws.backend.exec,
    mounts: WRITABLE,
    environment: plainEnvironment(backend.environment),
    secrets: secretEntries(
      'backend',
      backend.environment.filter(({ secret }) => secret).map(({ name }) => name),
    ),
  };
}

interface MigrateOptions {
  readonly afterSql: boolean;
  /** In place of those of the plan. */
  readonly limits: Partial<Pick<MigratePlan['config'], 'lockTimeoutSeconds' | 'timeoutSeconds'>>;
}

export function migrateContainer(
  options: TaskOptions,
  { afterSql, limits }: MigrateOptions,
): ContainerPlan {
  const { migrate } = options.prepare;
  const base = applicationContainer(options);
  return {
    ...base,
    ...named('prepare-migrate', migrate.command),
    essential: false,
    dependsOnSuccess: afterSql ? ['prepare-sql'] : [],
    environment: {
      ...base.environment,
      PREPARE_CONFIG: [JSON.stringify({ ...migrate.config, ...limits })],
    },
    stopTimeoutSeconds: PREPARE_STOP_SECONDS,
  };
}

export function backendContainer(options: TaskOptions): ContainerPlan {
  const { backend } = options;
  const base = applicationContainer(options);
  return {
    ...base,
    ...named('backend', backend.command),
    essential: true,
    dependsOnSuccess: ['prepare-migrate'],
    environment: { ...base.environment, ...nodeOptions(backend.environment) },
    port: backend.port,
    healthCheck: healthCheck(backend),
    stopTimeoutSeconds: backend.stopGraceSeconds,
    // As on Docker: which versions a task runs with can be read from what runs.
    labels: { [LABELS.secretVersions]: formatSecretVersions(options.secrets) },
  };
}

/** Node's options of the stack file, and the script that outlives the load balancer's idle time. */
function nodeOptions(environment: readonly EnvironmentEntry[]): Readonly<Record<string, Template>> {
  const own = environment.find(({ name }) => name === 'NODE_OPTIONS');
  // One that is a secret cannot be added to.
  if (own?.secret) return {};
  return { NODE_OPTIONS: [`--require=${KEEP_ALIVE_PATH}`, ...(own ? [' ', ...own.value] : [])] };
}

function healthCheck(backend: BackendPlan): NonNullable<ContainerPlan['healthCheck']> {
  const { path, startSeconds } = backend.health;
  const late = Math.max(0, startSeconds - MAX_TASK_PROBE.startPeriodSeconds);
  // A start beyond what ECS waits for is bridged by longer intervals.
  const interval = Math.min(
    MAX_TASK_PROBE.intervalSeconds,
    Math.max(
      TASK_PROBE.intervalSeconds,
      Math.ceil(late / (MAX_TASK_PROBE.retries - TASK_PROBE.retries)),
    ),
  );
  return {
    request: {
      port: backend.port,
      path,
      timeoutSeconds: TASK_REQUEST_SECONDS,
      retrySeconds: 0,
    },
    intervalSeconds: interval,
    timeoutSeconds: TASK_PROBE.timeoutSeconds,
    retries: late === 0 ? TASK_PROBE.retries : MAX_TASK_PROBE.retries,
    startPeriodSeconds: Math.min(MAX_TASK_PROBE.startPeriodSeconds, startSeconds),
  };
}

function plainEnvironment(
  entries: readonly EnvironmentEntry[],
): Readonly<Record<string, Template>> {
  return Object.fromEntries(
    entries.filter(({ secret }) => !secret).map(({ name, value }) => [name, value]),
  );
}

function secretEntries(
  container: string,
  variables: readonly string[],
): Readonly<Record<string, ContainerSecret>> {
  return Object.fromEntries(
    variables.map((variable) => [variable, { kind: 'entry', name: `${container}/${variable}` }]),
  );
}
