import type { AwsSection } from '../../stack/aws/section.ts';
import type {
  BackendPlan,
  EnvironmentEntry,
  MigratePlan,
  PlannedSecret,
  PreparePlan,
} from '../plan.ts';
import { formatSecretVersions, SECRET_VERSIONS_LABEL } from '../secret-versions.ts';
import type { Template } from '../template-parts.ts';
import { PSQL_SECONDS, psqlCommand, RETIRE_PATH } from './database.ts';
import { KEEP_ALIVE_PATH } from './keep-alive.ts';
import { awsName } from './names.ts';
import type { AwsSecretPlan } from './plan/data.ts';
import type { ContainerPlan, ContainerSecret, OneTaskPlan, TaskPlan } from './plan/service.ts';

const MIB = 1024 ** 2;
export const PREPARE_SCRIPT_PATH = '/opt/medusa-infra/prepare.cjs';
/** Volume -> folder that the backend may write. */
const WRITABLE = { tmp: '/tmp' } as const;
export const WRITABLE_FOLDERS: readonly string[] = Object.values(WRITABLE);

export interface TaskOptions {
  readonly name: string;
  readonly backend: BackendPlan;
  readonly prepare: PreparePlan;
  readonly secrets: readonly PlannedSecret[];
  /** How psql reaches the server as its master; undefined: with the URL of your own server. */
  readonly master?: Readonly<Record<string, Template>>;
  readonly aws: AwsSection;
}

/**
 * Limits of a container that others of its task wait for: Fargate stops a task in which it has not
 * ended within 3 minutes (`startTimeout`, which may be set, but to 120 seconds at most). Lower ones of
 * our own say what the matter is.
 */
export const WAITED_FOR = { lockTimeoutSeconds: 45, timeoutSeconds: 90 } as const;

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

/** Fargate's own start, the download of an image included. */
const START_SECONDS = 180;

/** The same two containers, alone: nothing waits for the migrations, so they have their own limits. */
export function planPrepareTask(options: TaskOptions): OneTaskPlan {
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
      START_SECONDS +
      (sqlPlan?.timeoutSeconds ?? 0) +
      lockTimeoutSeconds +
      timeoutSeconds * (migrate.seed ? 2 : 1),
  };
}

/** The task that takes unused login roles out of service. */
export function planRetireTask({ name, master }: TaskOptions): OneTaskPlan | undefined {
  if (!master) return undefined;
  const retire = {
    ...masterContainer(master),
    ...named('retire', psqlCommand(RETIRE_PATH)),
    // Alone in its task: ECS wants one that the task stands and falls with.
    essential: true,
  };
  return {
    family: awsName(name, '-retire', 255),
    containers: [retire],
    timeoutSeconds: START_SECONDS + PSQL_SECONDS,
  };
}

/** The whole command, in place of the image's entry point too, as on Docker. */
function named(name: string, [program = '', ...args]: readonly string[]) {
  return { name, entryPoint: [program], command: args, logPrefix: name };
}

function sqlContainer({ prepare: { sql }, master }: TaskOptions): ContainerPlan | undefined {
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

const SQL_CONTAINER = {
  image: 'sql',
  essential: false,
  dependsOnSuccess: [],
  environment: {},
  secrets: {},
  user: 'postgres',
  readonlyRootFilesystem: true,
  mounts: {},
  stopTimeoutSeconds: 30,
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

function migrateContainer(
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
    stopTimeoutSeconds: 30,
  };
}

function backendContainer(options: TaskOptions): ContainerPlan {
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
    labels: { [SECRET_VERSIONS_LABEL]: formatSecretVersions(options.secrets) },
  };
}

/** Node's options of the stack file, and the script that outlives the load balancer's idle time. */
function nodeOptions(environment: readonly EnvironmentEntry[]): Readonly<Record<string, Template>> {
  const own = environment.find(({ name }) => name === 'NODE_OPTIONS');
  // One that is a secret cannot be added to.
  if (own?.secret) return {};
  return { NODE_OPTIONS: [`--require=${KEEP_ALIVE_PATH}`, ...(own ? [' ', ...own.value] : [])] };
}

const PROBE_SECONDS = 5;
const PROBE_INTERVAL_SECONDS = 10;
/** What ECS takes at most. */
const MAX_START_PERIOD_SECONDS = 300;
const MAX_RETRIES = 10;

function healthCheck(backend: BackendPlan): NonNullable<ContainerPlan['healthCheck']> {
  const { path, startSeconds } = backend.health;
  const request = JSON.stringify({
    host: '127.0.0.1',
    port: backend.port,
    path,
    timeout: (PROBE_SECONDS - 1) * 1000,
  });
  const probe = `require('http').get(${request},r=>process.exit(r.statusCode===200?0:1)).on('timeout',function(){this.destroy()}).on('error',()=>process.exit(1))`;
  const late = Math.max(0, startSeconds - MAX_START_PERIOD_SECONDS);
  // A start beyond what ECS waits for is bridged by longer intervals.
  const interval = Math.min(
    300,
    Math.max(PROBE_INTERVAL_SECONDS, Math.ceil(late / (MAX_RETRIES - 3))),
  );
  return {
    command: ['CMD', 'node', '-e', probe],
    intervalSeconds: interval,
    timeoutSeconds: PROBE_SECONDS,
    retries: late === 0 ? 3 : MAX_RETRIES,
    startPeriodSeconds: Math.min(MAX_START_PERIOD_SECONDS, startSeconds),
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

/** One Secrets Manager secret for each variable of a container that holds one. */
export function planSecrets(options: TaskOptions): AwsSecretPlan[] {
  const { name, backend, prepare, aws } = options;
  const entry = (container: string, variable: string, value: Template): AwsSecretPlan => ({
    name: `${container}/${variable}`,
    namePrefix: `${name}/${container}/${variable}-`,
    description: `${variable} of ${container} in stack ${name}`,
    value,
    recoveryDays: aws.secretRecoveryDays,
  });
  return [
    ...backend.environment
      .filter(({ secret }) => secret)
      .map((each) => entry('backend', each.name, each.value)),
    ...Object.entries(prepare.sql?.secretFiles ?? {}).map(([variable, value]) =>
      entry('prepare-sql', variable, value),
    ),
  ];
}
