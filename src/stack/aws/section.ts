/** The section `aws` after loading: defaults by environment filled in, units parsed. */
export interface AwsSection {
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly kmsKey?: string;
  readonly logDays: number;
  readonly secretRecoveryDays: number;
  readonly network: AwsNetworkSection;
  readonly database: AwsDatabaseSection;
  readonly redis: AwsRedisSection;
  readonly backend: AwsBackendSection;
  readonly edge: AwsEdgeSection;
}

export interface AwsNetworkSection {
  readonly cidr: string;
  readonly zones: 2 | 3;
  readonly nat: 'per-zone' | 'single' | 'none';
  readonly flowLogs: boolean;
  /** Your own VPC; the rest is then its own matter. */
  readonly existing?: {
    readonly vpc: string;
    readonly publicSubnets: readonly string[];
    readonly privateSubnets: readonly string[];
  };
}

export interface AwsDatabaseSection {
  readonly kind: 'rds' | 'aurora';
  readonly instance: string;
  readonly capacity: { readonly min: number; readonly max: number };
  readonly instances: number;
  readonly storageMaxBytes: number;
  readonly multiAz: boolean;
  readonly backupDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly performanceInsights: boolean;
  readonly deletionProtection: boolean;
  readonly finalSnapshot: boolean;
  readonly replaceable: boolean;
}

export interface AwsRedisSection {
  readonly engine: 'redis' | 'valkey';
  /** undefined: the smallest that holds `redis.memory`. */
  readonly node?: string;
  readonly replicas: number;
  readonly snapshotDays: number;
  readonly snapshotWindow: string;
  readonly maintenanceWindow: string;
  readonly replaceable: boolean;
}

export interface AwsBackendSection {
  readonly architecture: 'x86_64' | 'arm64';
  readonly exec: boolean;
  readonly insights: boolean;
  readonly autoscaling?: AwsAutoscaling;
  readonly spotPercent: number;
  /** Your own image repository; undefined: one of the stack in ECR. */
  readonly repository?: string;
  readonly policies: readonly string[];
}

export interface AwsAutoscaling {
  readonly min: number;
  readonly max: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly requests?: number;
  readonly schedule: readonly {
    readonly name: string;
    readonly at: string;
    readonly timezone: string;
    readonly min: number;
    readonly max: number;
  }[];
}

export interface AwsEdgeSection {
  /** A hosted zone by id or name. */
  readonly zone?: string;
  /** `true`: into a bucket of the stack; a text: into that bucket. */
  readonly accessLogs: boolean | string;
  /** `true`: a web ACL of the stack; a text: your own, by ARN. */
  readonly waf: boolean | string;
}
