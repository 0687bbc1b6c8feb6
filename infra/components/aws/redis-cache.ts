import { ParameterGroup } from '@pulumi/aws/elasticache/parameterGroup.js';
import { ReplicationGroup } from '@pulumi/aws/elasticache/replicationGroup.js';
import { SubnetGroup } from '@pulumi/aws/elasticache/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';
import type { ElastiCachePlan } from '../../../src/derive/plan.ts';
import type { DataPlacement } from './placement.ts';

export interface RedisCacheArgs extends DataPlacement {
  readonly plan: ElastiCachePlan;
  /** The default user's password. A new one is accepted in addition to the previous one until that is retired. */
  readonly authToken: pulumi.Input<string>;
}

/**
 * Redis or Valkey on ElastiCache with cluster mode disabled, because Medusa's client does not support
 * it: one primary has all keys, and its replicas take over. Encrypted, TLS only, with a password.
 */
export class RedisCache extends pulumi.ComponentResource {
  /** Address of the primary, whichever node that is. */
  readonly host: pulumi.Output<string>;
  readonly replicationGroup: ReplicationGroup;

  constructor(name: string, args: RedisCacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:RedisCache', name, {}, opts);
    const { plan } = args;
    const subnets = new SubnetGroup(
      `${name}-subnets`,
      {
        name: plan.replicationGroupId,
        description: plan.replicationGroupId,
        subnetIds: [...args.subnetIds],
      },
      { parent: this },
    );
    this.replicationGroup = new ReplicationGroup(
      `${name}-group`,
      {
        replicationGroupId: plan.replicationGroupId,
        description: plan.replicationGroupId,
        engine: plan.engine,
        engineVersion: plan.engineVersion,
        nodeType: plan.nodeType,
        numCacheClusters: plan.nodes,
        automaticFailoverEnabled: plan.automaticFailover,
        multiAzEnabled: plan.multiAz,
        port: plan.port,
        parameterGroupName: this.#parameterGroup(name, plan),
        subnetGroupName: subnets.name,
        securityGroupIds: [args.securityGroupId],
        atRestEncryptionEnabled: true,
        kmsKeyId: args.keyArn,
        transitEncryptionEnabled: true,
        transitEncryptionMode: 'required',
        authToken: args.authToken,
        authTokenUpdateStrategy: 'ROTATE',
        snapshotRetentionLimit: plan.snapshotDays,
        snapshotWindow: plan.snapshotWindow,
        maintenanceWindow: plan.maintenanceWindow,
        finalSnapshotIdentifier: plan.finalSnapshot ? this.#finalSnapshot(name, plan) : undefined,
        autoMinorVersionUpgrade: true,
        applyImmediately: plan.applyImmediately,
      },
      { parent: this, protect: args.protect, additionalSecretOutputs: ['authToken'] },
    );
    this.host = this.replicationGroup.primaryEndpointAddress;
    this.registerOutputs();
  }

  /** The name of a snapshot stays taken, so a stack that is created again needs another one. */
  #finalSnapshot(name: string, plan: ElastiCachePlan): pulumi.Input<string> {
    const suffix = new RandomId(`${name}-suffix`, { byteLength: 3 }, { parent: this });
    return pulumi.interpolate`${plan.replicationGroupId}-${suffix.hex}-final`;
  }

  #parameterGroup(name: string, plan: ElastiCachePlan): pulumi.Input<string> {
    if (plan.parameters.length === 0) return `default.${plan.parameterFamily}`;
    return new ParameterGroup(
      `${name}-parameters`,
      {
        // The family is in the name, as another engine needs a new group while the old one is in use.
        name: `${plan.replicationGroupId}-${plan.parameterFamily.replaceAll('.', '-')}`,
        family: plan.parameterFamily,
        description: plan.replicationGroupId,
        parameters: plan.parameters.map((parameter) => ({ ...parameter })),
      },
      { parent: this },
    ).name;
  }
}
