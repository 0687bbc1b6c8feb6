import type { AwsStack, PostgresSection } from '../../stack/stack-file.ts';
import type { CommonPlan } from '../common.ts';
import { type CostEstimate, estimateCosts } from './costs.ts';
import { type AwsDatabasePlan, masterEnvironment, planDatabase } from './database.ts';
import { type AwsImagesPlan, planImages, planRegistry, type RegistryPlan } from './images.ts';
import { type LoadBalancerPlan, planLoadBalancer } from './load-balancer.ts';
import {
  type AwsNetworkPlan,
  planNetwork,
  planSecurityGroups,
  type SecurityGroupPlan,
} from './network.ts';
import { policyBreaches } from './policies.ts';
import { type ElastiCachePlan, planElastiCache } from './redis.ts';
import { planRoles, type RolePlan } from './roles.ts';
import { type AwsSecretPlan, planAwsSecrets } from './secrets.ts';
import { planScaling, planService, type ScalingPlan, type ServicePlan } from './service.ts';
import {
  type OneOffTaskPlan,
  planPrepareTask,
  planRetireTask,
  planTask,
  type TaskPlan,
} from './task.ts';

/**
 * What target aws creates for a stack, in addition to what every target does. Plain data: what only
 * AWS can tell (ARNs, host names) stands in it by reference, and no secret value does.
 */
export interface AwsResources {
  readonly region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`: the second word of every ARN. */
  readonly partition: string;
  /** On everything that can carry tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether stateful resources are protected, in Pulumi's state as in AWS. */
  readonly protect: boolean;
  readonly key: AwsKeyPlan;
  readonly network: AwsNetworkPlan;
  readonly securityGroups: readonly SecurityGroupPlan[];
  /** undefined: your own server (`database.external`). */
  readonly database?: AwsDatabasePlan;
  /** undefined: your own server, or none. */
  readonly redis?: ElastiCachePlan;
  /** One Secrets Manager secret each. */
  readonly secrets: readonly AwsSecretPlan[];
  readonly registry: RegistryPlan;
  readonly images: AwsImagesPlan;
  readonly logs: { readonly name: string; readonly days: number };
  readonly task: TaskPlan;
  /**
   * What prepares the database before a release. The containers of the service's own task find nothing
   * left to do, and only look.
   */
  readonly prepare: OneOffTaskPlan;
  readonly service: ServicePlan;
  /** undefined: always as many tasks as `service.desiredCount` says. */
  readonly scaling?: ScalingPlan;
  readonly edge: LoadBalancerPlan;
  readonly roles: readonly RolePlan[];
  /** Takes login roles that no living version uses out of service, once the new release is steady. */
  readonly retire?: OneOffTaskPlan;
  readonly costs: CostEstimate;
}

/** The key that encrypts secrets, database, Redis, logs and images. */
export interface AwsKeyPlan {
  /** Your own key. @default a key of the stack */
  readonly arn?: string;
  /** Days in which the stack's own key can still be restored after destroy. */
  readonly deletionWindowDays: number;
  readonly alias: string;
}

/** The target's part of the plan; `plan` is the part that all targets share. Pure. */
export function deriveAws(stack: AwsStack, plan: CommonPlan): AwsResources {
  const { aws } = stack;
  const production = stack.environment === 'production';
  const own = ownPostgres(stack);
  const database = own && planDatabase(plan.name, own, aws, production);
  const redis =
    stack.redis && !stack.redis.external
      ? planElastiCache(plan.name, stack.redis, aws, production)
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
  const edge = planLoadBalancer(
    plan.name,
    stack.edge,
    plan.backend,
    aws,
    aws.database.deletionProtection,
  );
  const retire = planRetireTask(task);
  const derived: Omit<AwsResources, 'costs'> = {
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
    secrets: planAwsSecrets(task),
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
      ...optional('permissionsBoundary', aws.permissionsBoundary),
    }),
    ...optional('retire', retire),
  };
  const whole: AwsResources = { ...derived, costs: estimateCosts(derived) };
  const breaches = policyBreaches(whole);
  if (breaches.length > 0) throw new Error(`the plan breaks its policies: ${breaches.join('; ')}`);
  return whole;
}

function ownPostgres({ database }: AwsStack): PostgresSection | undefined {
  return database.external ? undefined : database;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** `{ [key]: value }`, or nothing where there is no value. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [k in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [k in K]?: V };
}
