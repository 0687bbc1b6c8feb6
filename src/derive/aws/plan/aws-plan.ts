import type { CostEstimate } from './costs.ts';
import type { AwsDatabasePlan, AwsSecretPlan, ElastiCachePlan } from './data.ts';
import type { LoadBalancerPlan } from './edge.ts';
import type { DerivedImagePlan, RegistryPlan } from './images.ts';
import type { AwsNetworkPlan, SecurityGroupPlan } from './network.ts';
import type { RolePlan } from './roles.ts';
import type { OneTaskPlan, ScalingPlan, ServicePlan, TaskPlan } from './service.ts';

/**
 * What target aws makes of a stack, beside what the plan says for every target. Plain data: what only
 * AWS can tell (ARNs, host names) stands in it by reference, and no secret value does.
 */
export interface AwsPlan {
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
  readonly images: { readonly release: DerivedImagePlan; readonly sql?: DerivedImagePlan };
  readonly logs: { readonly name: string; readonly days: number };
  readonly task: TaskPlan;
  /**
   * What prepares the database before a release. The containers of the service's own task find nothing
   * left to do, and only look.
   */
  readonly prepare: OneTaskPlan;
  readonly service: ServicePlan;
  /** undefined: always as many tasks as `service.desiredCount` says. */
  readonly scaling?: ScalingPlan;
  readonly edge: LoadBalancerPlan;
  readonly roles: readonly RolePlan[];
  /** Takes login roles that no living version uses out of service, once the new release is steady. */
  readonly retire?: OneTaskPlan;
  readonly costs: CostEstimate;
}

/** The key that encrypts secrets, database, Redis, logs and images. */
export interface AwsKeyPlan {
  /** Your own key. @default a key of the stack */
  readonly arn?: string;
  /** Days in which the stack's own key can still be brought back after destroy. */
  readonly deletionWindowDays: number;
  readonly alias: string;
}
