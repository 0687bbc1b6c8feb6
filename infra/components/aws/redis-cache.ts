import { ParameterGroup } from '@pulumi/aws/elasticache/parameterGroup.js';
import { ReplicationGroup } from '@pulumi/aws/elasticache/replicationGroup.js';
import { SubnetGroup } from '@pulumi/aws/elasticache/subnetGroup.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';

export interface RedisCacheArgs {
  /** At most 40 characters. */
  readonly replicationGroupId: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly engine: 'redis' | 'valkey';
  readonly engineVersion: string;
  readonly parameterFamily: string;
  /** @default those of the family */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly nodeType: string;
  /** The primary and its replicas. */
  readonly nodes: number;
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
  readonly port: number;
  /** The default user's password. A new one is accepted in addition to the previous one until that is retired. */
  readonly authToken: pulumi.Input<string>;
  readonly snapshotDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly snapshotWindow: string;
  readonly maintenanceWindow: string;
  readonly finalSnapshot: boolean;
  readonly applyImmediately: boolean;
  /** Whether Pulumi refuses to delete or replace it. */
  readonly protect: boolean;
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
    const subnets = new SubnetGroup(
      `${name}-subnets`,
      {
        name: args.replicationGroupId,
        description: args.replicationGroupId,
        subnetIds: [...args.subnetIds],
      },
      { parent: this },
    );
    this.replicationGroup = new ReplicationGroup(
      `${name}-group`,
      {
        replicationGroupId: args.replicationGroupId,
        description: args.replicationGroupId,
        engine: args.engine,
        engineVersion: args.engineVersion,
        nodeType: args.nodeType,
        numCacheClusters: args.nodes,
        automaticFailoverEnabled: args.automaticFailover,
        multiAzEnabled: args.multiAz,
        port: args.port,
        parameterGroupName: this.#parameterGroup(name, args),
        subnetGroupName: subnets.name,
        securityGroupIds: [args.securityGroupId],
        atRestEncryptionEnabled: true,
        kmsKeyId: args.keyArn,
        transitEncryptionEnabled: true,
        transitEncryptionMode: 'required',
        authToken: args.authToken,
        authTokenUpdateStrategy: 'ROTATE',
        snapshotRetentionLimit: args.snapshotDays,
        snapshotWindow: args.snapshotWindow,
        maintenanceWindow: args.maintenanceWindow,
        finalSnapshotIdentifier: args.finalSnapshot ? this.#finalSnapshot(name, args) : undefined,
        autoMinorVersionUpgrade: true,
        applyImmediately: args.applyImmediately,
      },
      { parent: this, protect: args.protect, additionalSecretOutputs: ['authToken'] },
    );
    this.host = this.replicationGroup.primaryEndpointAddress;
    this.registerOutputs();
  }

  /** The name of a snapshot stays taken, so a stack that is created again needs another one. */
  #finalSnapshot(name: string, args: RedisCacheArgs): pulumi.Input<string> {
    const suffix = new RandomId(`${name}-suffix`, { byteLength: 3 }, { parent: this });
    return pulumi.interpolate`${args.replicationGroupId}-${suffix.hex}-final`;
  }

  #parameterGroup(name: string, args: RedisCacheArgs): pulumi.Input<string> {
    if (args.parameters.length === 0) return `default.${args.parameterFamily}`;
    return new ParameterGroup(
      `${name}-parameters`,
      {
        // The family is in the name, as another engine needs a new group while the old one is in use.
        name: `${args.replicationGroupId}-${args.parameterFamily.replaceAll('.', '-')}`,
        family: args.parameterFamily,
        description: args.replicationGroupId,
        parameters: args.parameters.map((parameter) => ({ ...parameter })),
      },
      { parent: this },
    ).name;
  }
}
