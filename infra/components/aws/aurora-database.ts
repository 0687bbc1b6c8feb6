import { Cluster } from '@pulumi/aws/rds/cluster.js';
import { ClusterInstance } from '@pulumi/aws/rds/clusterInstance.js';
import { ClusterParameterGroup } from '@pulumi/aws/rds/clusterParameterGroup.js';
import * as pulumi from '@pulumi/pulumi';
import type { AuroraPlan } from '../../../src/derive/plan.ts';
import {
  databaseBase,
  type ManagedDatabaseArgs,
  masterSecretArn,
  parameterGroupArgs,
} from './managed-database.ts';

export type AuroraDatabaseArgs = ManagedDatabaseArgs<AuroraPlan>;

/** PostgreSQL on Aurora Serverless v2: encrypted, private, TLS only, with storage that grows by itself. */
export class AuroraDatabase extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  /** For `dependsOn`: the database accepts connections once all of them are created. */
  readonly instances: readonly ClusterInstance[];

  constructor(name: string, args: AuroraDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:AuroraDatabase', name, {}, opts);
    const { plan } = args;
    const { identifier, subnetGroupName, logGroups } = databaseBase(name, args, this);
    const parameters = new ClusterParameterGroup(`${name}-parameters`, parameterGroupArgs(plan), {
      parent: this,
    });
    const cluster = new Cluster(
      `${name}-cluster`,
      {
        clusterIdentifier: identifier,
        engine: 'aurora-postgresql',
        engineMode: 'provisioned',
        engineVersion: plan.engineVersion,
        serverlessv2ScalingConfiguration: {
          minCapacity: plan.capacity.min,
          maxCapacity: plan.capacity.max,
        },
        storageEncrypted: true,
        kmsKeyId: args.keyArn,
        dbSubnetGroupName: subnetGroupName,
        vpcSecurityGroupIds: [args.securityGroupId],
        port: plan.port,
        masterUsername: plan.masterUser,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: args.keyArn,
        dbClusterParameterGroupName: parameters.name,
        backupRetentionPeriod: plan.backupDays,
        preferredBackupWindow: plan.backupWindow,
        preferredMaintenanceWindow: plan.maintenanceWindow,
        copyTagsToSnapshot: true,
        deletionProtection: plan.deletionProtection,
        skipFinalSnapshot: !plan.finalSnapshot,
        finalSnapshotIdentifier: plan.finalSnapshot
          ? pulumi.interpolate`${identifier}-final`
          : undefined,
        enabledCloudwatchLogsExports: [...plan.logExports],
        allowMajorVersionUpgrade: false,
        applyImmediately: plan.applyImmediately,
      },
      { parent: this, protect: args.protect, dependsOn: logGroups },
    );
    this.instances = Array.from(
      { length: plan.instances },
      (_, index) =>
        new ClusterInstance(
          `${name}-instance-${index + 1}`,
          {
            identifier: pulumi.interpolate`${identifier}-${index + 1}`,
            clusterIdentifier: cluster.id,
            engine: 'aurora-postgresql',
            engineVersion: cluster.engineVersion,
            instanceClass: plan.instanceClass,
            publiclyAccessible: false,
            promotionTier: index,
            caCertIdentifier: plan.caCertificate,
            performanceInsightsEnabled: plan.performanceInsights,
            performanceInsightsRetentionPeriod: plan.performanceInsights
              ? plan.performanceInsightsDays
              : undefined,
            performanceInsightsKmsKeyId: plan.performanceInsights ? args.keyArn : undefined,
            preferredMaintenanceWindow: plan.maintenanceWindow,
            autoMinorVersionUpgrade: plan.autoMinorVersionUpgrade,
            copyTagsToSnapshot: true,
            applyImmediately: plan.applyImmediately,
          },
          { parent: this, protect: args.protect },
        ),
    );
    this.host = cluster.endpoint;
    this.masterSecretArn = masterSecretArn(cluster.masterUserSecrets);
    this.registerOutputs();
  }
}
