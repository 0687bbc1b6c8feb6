import type { AwsSection } from '../../stack/aws/section.ts';
import type { PostgresSection, StackFile } from '../../stack/stack-file.ts';
import type { Plan } from '../plan.ts';
import { estimateCosts } from './costs.ts';
import { masterEnvironment, planDatabase, RETIRE_PATH, retireScript } from './database.ts';
import { KEEP_ALIVE_PATH, KEEP_ALIVE_SCRIPT } from './keep-alive.ts';
import { planNetwork, planSecurityGroups } from './network.ts';
import type { AwsPlan } from './plan/aws-plan.ts';
import type { AwsDatabasePlan } from './plan/data.ts';
import type { DerivedImagePlan, RegistryPlan } from './plan/images.ts';
import { policyBreaches } from './policies.ts';
import { RDS_CA_PATH, rdsCertificates } from './rds-ca.ts';
import { planRedis } from './redis.ts';
import { planRoles } from './roles.ts';
import { planEdge, planScaling, planService } from './service.ts';
import {
  PREPARE_SCRIPT_PATH,
  planPrepareTask,
  planRetireTask,
  planSecrets,
  planTask,
  WRITABLE_FOLDERS,
} from './task.ts';

/** The target's part of the plan; `plan` is the part that all targets share. Pure. */
export function deriveAws(stack: StackFile, plan: Plan): AwsPlan {
  const { aws } = stack;
  if (!aws) throw new Error('a stack with target aws has its section');
  const production = stack.environment === 'production';
  const own = ownPostgres(stack);
  const database = own && planDatabase(plan.name, own, aws, production);
  const redis =
    stack.redis && !stack.redis.external
      ? planRedis(plan.name, stack.redis, aws, production)
      : undefined;
  const network = planNetwork(plan.name, aws);
  const partition = partitionOf(aws.region);
  const task = {
    name: plan.name,
    backend: plan.backend,
    prepare: plan.prepare,
    secrets: plan.secrets,
    ...(database ? { master: masterEnvironment(database) } : {}),
    aws,
  };
  const edge = planEdge(plan.name, stack.edge, plan.backend, aws, aws.database.deletionProtection);
  const retire = planRetireTask(task);
  const derived: Omit<AwsPlan, 'costs'> = {
    region: aws.region,
    partition,
    tags: { ...aws.tags, ...plan.labels },
    protect: production,
    key: {
      ...(aws.kmsKey === undefined ? {} : { arn: aws.kmsKey }),
      deletionWindowDays: production ? 30 : 7,
      alias: `alias/${plan.name}`,
    },
    network,
    securityGroups: planSecurityGroups(network, {
      edge: edge.port,
      redirect: edge.redirectHttp,
      backend: plan.backend.port,
      ...(database ? { database: database.port } : {}),
      ...(redis ? { redis: redis.port } : {}),
    }),
    ...(database ? { database } : {}),
    ...(redis ? { redis } : {}),
    secrets: planSecrets(task),
    registry: planRegistry(plan.name, aws),
    images: planImages(plan, aws, own, database),
    logs: { name: `/medusa-infra/${plan.name}`, days: aws.logDays },
    task: planTask(task),
    prepare: planPrepareTask(task),
    service: planService(plan.name, plan.backend, plan.prepare, aws),
    ...optional('scaling', planScaling(aws)),
    edge,
    roles: planRoles({
      region: aws.region,
      partition,
      ...optional('registryUrl', aws.backend.repository),
      database: database !== undefined,
      exec: aws.backend.exec,
      flowLogs: network.kind === 'own' && network.flowLogs !== undefined,
      policyArns: aws.backend.policies,
    }),
    ...optional('retire', retire),
  };
  const whole: AwsPlan = { ...derived, costs: estimateCosts(derived) };
  const breaches = policyBreaches(whole);
  if (breaches.length > 0) throw new Error(`the plan breaks its policies: ${breaches.join('; ')}`);
  return whole;
}

function ownPostgres({ database }: StackFile): PostgresSection | undefined {
  return database.type === 'postgres' && !database.external ? database : undefined;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function planRegistry(name: string, aws: AwsSection): RegistryPlan {
  return {
    name,
    ...optional('url', aws.backend.repository),
    // A release that is rolled back to must still be there.
    keep: { release: 30, sql: 10 },
    untaggedDays: 7,
  };
}

/** The images that tasks run: the backend's and PostgreSQL's, with the files that the kit adds. */
function planImages(
  plan: Plan,
  aws: AwsSection,
  own: PostgresSection | undefined,
  database: AwsDatabasePlan | undefined,
): AwsPlan['images'] {
  const authorities: Readonly<Record<string, string>> = database
    ? { [RDS_CA_PATH]: rdsCertificates(aws.region) }
    : {};
  const { sql } = plan.prepare;
  const release: DerivedImagePlan = {
    tagPrefix: 'release-',
    files: { ...authorities, [KEEP_ALIVE_PATH]: KEEP_ALIVE_SCRIPT },
    machineFiles: plan.backend.files,
    prepareScriptPath: PREPARE_SCRIPT_PATH,
    writableFolders: WRITABLE_FOLDERS,
  };
  if (!sql) return { release };
  return {
    release,
    sql: {
      tagPrefix: 'sql-',
      files: {
        ...authorities,
        [sql.scriptPath]: sql.script,
        ...(own ? { [RETIRE_PATH]: retireScript(own, plan.secrets) } : {}),
      },
      machineFiles: sql.files,
      writableFolders: [],
    },
  };
}

/** `{ [key]: value }`, or nothing where there is no value. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [k in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [k in K]?: V };
}
