import type { Template } from '../../template-parts.ts';

export type AwsDatabasePlan = RdsPlan | AuroraPlan;

interface ManagedDatabaseBase {
  /** Prefix of the identifier: that of the instance, or of the cluster and its instances. */
  readonly identifier: string;
  /** Major, or major and minor, such as `17`; the newest minor is taken by itself in the former case. */
  readonly engineVersion: string;
  readonly parameterFamily: string;
  /** Of the parameter group (the cluster's on Aurora); `reboot` where a change waits for a restart. */
  readonly parameters: readonly {
    readonly name: string;
    readonly value: string;
    readonly reboot: boolean;
  }[];
  /** RDS makes its password, keeps it in Secrets Manager and rotates it: nobody else knows it. */
  readonly masterUser: string;
  readonly port: number;
  readonly instanceClass: string;
  readonly backupDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly backupWindow: string;
  /** UTC, `ddd:hh:mm-ddd:hh:mm`. */
  readonly maintenanceWindow: string;
  readonly deletionProtection: boolean;
  /** Whether destroy leaves a snapshot behind. */
  readonly finalSnapshot: boolean;
  readonly performanceInsights: boolean;
  /** Days of Performance Insights; 7 are free. */
  readonly performanceInsightsDays: number;
  /** Such as `rds-ca-rsa2048-g1`. */
  readonly caCertificate: string;
  /** Log types that go to CloudWatch. */
  readonly logExports: readonly string[];
  /** Changes that restart the server happen at once (true) or in the maintenance window. */
  readonly applyImmediately: boolean;
  readonly autoMinorVersionUpgrade: boolean;
  /** Whether Pulumi may replace it, and with it its data. */
  readonly allowReplacement: boolean;
}

export interface RdsPlan extends ManagedDatabaseBase {
  readonly kind: 'rds';
  readonly storageGib: number;
  /** Up to which the storage grows by itself; undefined: it does not. */
  readonly maxStorageGib?: number;
  readonly storageType: 'gp3';
  readonly multiAz: boolean;
}

export interface AuroraPlan extends ManagedDatabaseBase {
  readonly kind: 'aurora';
  /** Serverless v2 capacity units (about 2 GiB each), in halves. */
  readonly capacity: { readonly min: number; readonly max: number };
  /** The writer, and readers that it fails over to. */
  readonly instances: number;
}

/** A replication group with cluster mode disabled: Medusa's client is no cluster client. */
export interface ElastiCachePlan {
  /** At most 40 characters. */
  readonly replicationGroupId: string;
  readonly engine: 'redis' | 'valkey';
  readonly engineVersion: string;
  readonly parameterFamily: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly nodeType: string;
  /** The primary and its replicas. */
  readonly nodes: number;
  /** With two nodes or more. */
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
  readonly port: number;
  /**
   * The password of the default user. It changes with strategy ROTATE: both are taken until the old
   * one is retired with strategy SET.
   */
  readonly authToken: Template;
  /** 0: none. */
  readonly snapshotDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly snapshotWindow: string;
  readonly maintenanceWindow: string;
  readonly finalSnapshot: boolean;
  readonly applyImmediately: boolean;
  readonly allowReplacement: boolean;
}

export interface AwsSecretPlan {
  /** `<container>/<variable>`, such as `backend/DATABASE_URL`: unique in the stack. */
  readonly name: string;
  /** Begins the name in Secrets Manager; a random end follows, because a deleted name stays taken. */
  readonly namePrefix: string;
  readonly description: string;
  readonly value: Template;
  /** Days in which a deleted secret can be brought back; 0: gone at once. */
  readonly recoveryDays: number;
}
