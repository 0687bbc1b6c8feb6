import { Instance } from '@pulumi/aws/rds/instance.js';
import { ParameterGroup } from '@pulumi/aws/rds/parameterGroup.js';
import * as pulumi from '@pulumi/pulumi';
import {
  databaseBase,
  type ManagedDatabaseArgs,
  masterSecretArn,
  parameterList,
} from './managed-database.ts';

export interface PostgresDatabaseArgs extends ManagedDatabaseArgs {
  readonly storageGib: number;
  /** Size up to which the storage grows by itself. @default it does not grow */
  readonly maxStorageGib?: number;
  readonly storageType: 'gp3';
  /** Whether a standby in another zone takes over. */
  readonly multiAz: boolean;
}

/** PostgreSQL on RDS: encrypted, private, TLS only. */
export class PostgresDatabase extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  readonly instance: Instance;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('medusa-infra:aws:PostgresDatabase', name, {}, opts);
    const { identifier, subnetGroupName } = databaseBase(name, args, this);
    const parameters = new ParameterGroup(
      `${name}-parameters`,
      {
        namePrefix: `${args.identifier}-`,
        family: args.parameterFamily,
        description: args.identifier,
        parameters: parameterList(args.parameters),
      },
      { parent: this },
    );
    this.instance = new Instance(
      `${name}-instance`,
      {
        identifier,
        engine: 'postgres',
        engineVersion: args.engineVersion,
        instanceClass: args.instanceClass,
        allocatedStorage: args.storageGib,
        maxAllocatedStorage: args.maxStorageGib,
        storageType: args.storageType,
        storageEncrypted: true,
        kmsKeyId: args.keyArn,
        multiAz: args.multiAz,
        publiclyAccessible: false,
        dbSubnetGroupName: subnetGroupName,
        vpcSecurityGroupIds: [args.securityGroupId],
        port: args.port,
        username: args.masterUser,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: args.keyArn,
        parameterGroupName: parameters.name,
        caCertIdentifier: args.caCertificate,
        backupRetentionPeriod: args.backupDays,
        backupWindow: args.backupWindow,
        maintenanceWindow: args.maintenanceWindow,
        copyTagsToSnapshot: true,
        deleteAutomatedBackups: !args.finalSnapshot,
        deletionProtection: args.deletionProtection,
        skipFinalSnapshot: !args.finalSnapshot,
        finalSnapshotIdentifier: args.finalSnapshot
          ? pulumi.interpolate`${identifier}-final`
          : undefined,
        performanceInsightsEnabled: args.performanceInsights,
        performanceInsightsRetentionPeriod: args.performanceInsights
          ? args.performanceInsightsDays
          : undefined,
        performanceInsightsKmsKeyId: args.performanceInsights ? args.keyArn : undefined,
        enabledCloudwatchLogsExports: [...args.logExports],
        autoMinorVersionUpgrade: args.autoMinorVersionUpgrade,
        allowMajorVersionUpgrade: false,
        applyImmediately: args.applyImmediately,
      },
      { parent: this, protect: args.protect },
    );
    this.host = this.instance.address;
    this.masterSecretArn = masterSecretArn(this.instance.masterUserSecrets);
    this.registerOutputs();
  }
}
