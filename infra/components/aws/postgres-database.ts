import { Instance } from '@pulumi/aws/rds/instance.js';
import { ParameterGroup } from '@pulumi/aws/rds/parameterGroup.js';
import * as pulumi from '@pulumi/pulumi';
import type { RdsPlan } from '../../../src/derive/plan.ts';
import {
  databaseBase,
  type ManagedDatabaseArgs,
  masterSecretArn,
  parameterGroupArgs,
} from './managed-database.ts';

export type PostgresDatabaseArgs = ManagedDatabaseArgs<RdsPlan>;

/** PostgreSQL on RDS: encrypted, private, TLS only. */
export class PostgresDatabase extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  readonly instance: Instance;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:PostgresDatabase', name, {}, opts);
    const { plan } = args;
    const { identifier, subnetGroupName, logGroups } = databaseBase(name, args, this);
    const parameters = new ParameterGroup(`${name}-parameters`, parameterGroupArgs(plan), {
      parent: this,
    });
    this.instance = new Instance(
      `${name}-instance`,
      {
        identifier,
        engine: 'postgres',
        engineVersion: plan.engineVersion,
        instanceClass: plan.instanceClass,
        allocatedStorage: plan.storageGib,
        maxAllocatedStorage: plan.maxStorageGib,
        storageType: plan.storageType,
        storageEncrypted: true,
        kmsKeyId: args.keyArn,
        multiAz: plan.multiAz,
        publiclyAccessible: false,
        dbSubnetGroupName: subnetGroupName,
        vpcSecurityGroupIds: [args.securityGroupId],
        port: plan.port,
        username: plan.masterUser,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: args.keyArn,
        parameterGroupName: parameters.name,
        caCertIdentifier: plan.caCertificate,
        backupRetentionPeriod: plan.backupDays,
        backupWindow: plan.backupWindow,
        maintenanceWindow: plan.maintenanceWindow,
        copyTagsToSnapshot: true,
        deleteAutomatedBackups: !plan.finalSnapshot,
        deletionProtection: plan.deletionProtection,
        skipFinalSnapshot: !plan.finalSnapshot,
        finalSnapshotIdentifier: plan.finalSnapshot
          ? pulumi.interpolate`${identifier}-final`
          : undefined,
        performanceInsightsEnabled: plan.performanceInsights,
        performanceInsightsRetentionPeriod: plan.performanceInsights
          ? plan.performanceInsightsDays
          : undefined,
        performanceInsightsKmsKeyId: plan.performanceInsights ? args.keyArn : undefined,
        enabledCloudwatchLogsExports: [...plan.logExports],
        autoMinorVersionUpgrade: plan.autoMinorVersionUpgrade,
        allowMajorVersionUpgrade: false,
        applyImmediately: plan.applyImmediately,
      },
      { parent: this, protect: args.protect, dependsOn: logGroups },
    );
    this.host = this.instance.address;
    this.masterSecretArn = masterSecretArn(this.instance.masterUserSecrets);
    this.registerOutputs();
  }
}
