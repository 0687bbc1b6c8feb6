import { Cluster } from '@pulumi/aws/rds/cluster.js';
import { ClusterInstance } from '@pulumi/aws/rds/clusterInstance.js';
import { ClusterParameterGroup } from '@pulumi/aws/rds/clusterParameterGroup.js';
import * as pulumi from '@pulumi/pulumi';
import {
  databaseBase,
  type ManagedDatabaseArgs,
  masterSecretArn,
  parameterList,
} from './managed-database.ts';

export interface AuroraDatabaseArgs extends ManagedDatabaseArgs {
  /** Aurora capacity units (about 2 GiB of memory each), in halves. */
  readonly capacity: { readonly min: number; readonly max: number };
  /** The writer, and the readers that it fails over to. */
  readonly instances: number;
}

/** PostgreSQL on Aurora Serverless v2: encrypted, private, TLS only, with storage that grows by itself. */
export class AuroraDatabase extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  /** For `dependsOn`: the database accepts connections once all of them are created. */
  readonly instances: readonly ClusterInstance[];

  constructor(name: string, args: AuroraDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:AuroraDatabase', name, {}, opts);
    const { identifier, subnetGroupName } = databaseBase(name, args, this);
    const parameters = new ClusterParameterGroup(
      `${name}-parameters`,
      {
        namePrefix: `${args.identifier}-`,
        family: args.parameterFamily,
        description: args.identifier,
        parameters: parameterList(args.parameters),
      },
      { parent: this },
    );
    const cluster = new Cluster(
      `${name}-cluster`,
      {
        clusterIdentifier: identifier,
        engine: 'aurora-postgresql',
        engineMode: 'provisioned',
        engineVersion: args.engineVersion,
        serverlessv2ScalingConfiguration: {
          minCapacity: args.capacity.min,
          maxCapacity: args.capacity.max,
        },
        storageEncrypted: true,
        kmsKeyId: args.keyArn,
        dbSubnetGroupName: subnetGroupName,
        vpcSecurityGroupIds: [args.securityGroupId],
        port: args.port,
        masterUsername: args.masterUser,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: args.keyArn,
        dbClusterParameterGroupName: parameters.name,
        backupRetentionPeriod: args.backupDays,
        preferredBackupWindow: args.backupWindow,
        preferredMaintenanceWindow: args.maintenanceWindow,
        copyTagsToSnapshot: true,
        deletionProtection: args.deletionProtection,
        skipFinalSnapshot: !args.finalSnapshot,
        finalSnapshotIdentifier: args.finalSnapshot
          ? pulumi.interpolate`${identifier}-final`
          : undefined,
        enabledCloudwatchLogsExports: [...args.logExports],
        allowMajorVersionUpgrade: false,
        applyImmediately: args.applyImmediately,
      },
      { parent: this, protect: args.protect },
    );
    this.instances = Array.from(
      { length: args.instances },
      (_, index) =>
        new ClusterInstance(
          `${name}-instance-${index + 1}`,
          {
            identifier: pulumi.interpolate`${identifier}-${index + 1}`,
            clusterIdentifier: cluster.id,
            engine: 'aurora-postgresql',
            engineVersion: cluster.engineVersion,
            instanceClass: args.instanceClass,
            publiclyAccessible: false,
            promotionTier: index,
            caCertIdentifier: args.caCertificate,
            performanceInsightsEnabled: args.performanceInsights,
            performanceInsightsRetentionPeriod: args.performanceInsights
              ? args.performanceInsightsDays
              : undefined,
            performanceInsightsKmsKeyId: args.performanceInsights ? args.keyArn : undefined,
            preferredMaintenanceWindow: args.maintenanceWindow,
            autoMinorVersionUpgrade: args.autoMinorVersionUpgrade,
            copyTagsToSnapshot: true,
            applyImmediately: args.applyImmediately,
          },
          { parent: this, protect: args.protect },
        ),
    );
    this.host = cluster.endpoint;
    this.masterSecretArn = masterSecretArn(cluster.masterUserSecrets);
    this.registerOutputs();
  }
}
