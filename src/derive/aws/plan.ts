import type { Template } from '../template-parts.ts';

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

export type AwsNetworkPlan = OwnNetworkPlan | ExistingNetworkPlan;

export interface OwnNetworkPlan {
  readonly kind: 'own';
  readonly cidr: string;
  /** One entry a zone; the zones are the region's first ones that are available. */
  readonly zones: readonly { readonly publicCidr: string; readonly privateCidr: string }[];
  /** `none`: nothing reaches the internet; VPC endpoints reach AWS. */
  readonly nat: 'per-zone' | 'single' | 'none';
  /** Services with an interface endpoint in each zone, such as `ecr.api`; empty with a NAT. */
  readonly interfaceEndpoints: readonly string[];
  /** Services with a gateway endpoint in each route table, which costs nothing. */
  readonly gatewayEndpoints: readonly string[];
  /** undefined: no flow logs. */
  readonly flowLogs?: { readonly logGroup: string; readonly days: number };
}

export interface ExistingNetworkPlan {
  readonly kind: 'existing';
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
}

export type SecurityGroupName = 'edge' | 'backend' | 'database' | 'redis' | 'endpoints';

export interface SecurityGroupPlan {
  readonly name: SecurityGroupName;
  readonly description: string;
  readonly ingress: readonly SecurityGroupRulePlan[];
  readonly egress: readonly SecurityGroupRulePlan[];
}

export interface SecurityGroupRulePlan {
  /** Logical name, unique in its group and direction, such as `https`. */
  readonly name: string;
  /**
   * Another group of the stack; `world`: 0.0.0.0/0; `s3`: the prefix list of S3's gateway endpoint.
   * Of the source for ingress, of the destination for egress.
   */
  readonly peer: SecurityGroupName | 'world' | 's3';
  /** TCP port; undefined: all protocols and ports. */
  readonly port?: number;
  readonly description: string;
}

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

export interface RegistryPlan {
  readonly name: string;
  /** Your own repository, as `host[:port]/path`, in place of one of the stack's in ECR. */
  readonly url?: string;
  /** How many images of each kind are kept. */
  readonly keep: { readonly release: number; readonly sql: number };
  readonly untaggedDays: number;
}

/** An image made from another one by adding files; pushed to the stack's repository. */
export interface DerivedImagePlan {
  readonly tagPrefix: string;
  /** Path in the image -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Path in the image -> absolute path on this machine. */
  readonly machineFiles: Readonly<Record<string, string>>;
  /** Where the bundled prepare script goes; undefined: not in this image. */
  readonly prepareScriptPath?: string;
  /** Folders that any user may write (mode 1777), declared as volumes. */
  readonly writableFolders: readonly string[];
}

export type ImageRef = 'release' | 'sql';

export interface TaskPlan {
  readonly family: string;
  /** Fargate CPU units: 1024 are one CPU. */
  readonly cpuUnits: number;
  readonly memoryMib: number;
  readonly architecture: 'X86_64' | 'ARM64';
  /** Empty volumes of the task, by name. */
  readonly volumes: readonly string[];
  /** In the order of their start. */
  readonly containers: readonly ContainerPlan[];
}

/** A task that `up` runs once and to its end. */
export interface OneTaskPlan {
  readonly family: string;
  /** In the order of their start; the last one ends the task. */
  readonly containers: readonly ContainerPlan[];
  /** How long it may take, Fargate's own start included. */
  readonly timeoutSeconds: number;
}

export interface ContainerPlan {
  readonly name: string;
  readonly image: ImageRef;
  /** The program, in place of the image's own entry point. */
  readonly entryPoint: readonly string[];
  /** Its arguments. */
  readonly command: readonly string[];
  readonly essential: boolean;
  /** Names of containers that must have ended with exit code 0. */
  readonly dependsOnSuccess: readonly string[];
  /** Templates hold no secret, but may hold outputs. */
  readonly environment: Readonly<Record<string, Template>>;
  readonly secrets: Readonly<Record<string, ContainerSecret>>;
  readonly user?: string;
  readonly readonlyRootFilesystem: boolean;
  /** Volume -> path. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly retries: number;
    readonly startPeriodSeconds: number;
  };
  /** Seconds from SIGTERM to SIGKILL; Fargate takes up to 120. */
  readonly stopTimeoutSeconds: number;
  /** Begins the name of its log streams. */
  readonly logPrefix: string;
  /** Docker's labels of the container. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * `entry`: a secret of `AwsPlan.secrets`, at the version that this run wrote.
 * `master-password`: the `password` of the secret that RDS keeps, always the current one, because RDS
 * rotates it on its own.
 */
export type ContainerSecret =
  | { readonly kind: 'entry'; readonly name: string }
  | { readonly kind: 'master-password' };

export interface ServicePlan {
  readonly cluster: string;
  readonly name: string;
  readonly desiredCount: number;
  readonly platformVersion: string;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** How long the load balancer's verdict is ignored after a task's start. */
  readonly healthCheckGraceSeconds: number;
  /** `ecs execute-command` into a running container. */
  readonly exec: boolean;
  readonly containerInsights: boolean;
  readonly capacity: readonly {
    readonly provider: 'FARGATE' | 'FARGATE_SPOT';
    /** Tasks that run on it before weights count. */
    readonly base: number;
    readonly weight: number;
  }[];
  /** How long a release may take until it is steady. */
  readonly steadyTimeoutSeconds: number;
}

export interface ScalingPlan {
  readonly min: number;
  readonly max: number;
  /** Each is a target-tracking policy. */
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  /** Requests a minute and task. */
  readonly requestsPerTarget?: number;
  readonly scaleInCooldownSeconds: number;
  readonly scaleOutCooldownSeconds: number;
  readonly schedule: readonly {
    readonly name: string;
    /** `cron(...)`, `rate(...)` or `at(...)`. */
    readonly schedule: string;
    /** IANA zone. */
    readonly timezone: string;
    readonly min: number;
    readonly max: number;
  }[];
}

export interface LoadBalancerPlan {
  /** At most 32 characters. */
  readonly name: string;
  readonly host: string;
  /** Begins the target group's name: at most 6 characters, a random end follows. */
  readonly targetGroupPrefix: string;
  /** Where the record of `host` and the certificate's proof go. */
  readonly zone?: { readonly id: string } | { readonly name: string };
  readonly certificate:
    | { readonly kind: 'dns-validated' }
    | { readonly kind: 'given'; readonly arn: string }
    /** Plain HTTP alone: TLS ends in front of it. */
    | { readonly kind: 'none' };
  /** Port that serves: HTTPS with a certificate, HTTP without. */
  readonly port: number;
  /** Port 80 answers with a redirect to https. */
  readonly redirectHttp: boolean;
  readonly tlsPolicy: string;
  readonly idleTimeoutSeconds: number;
  /** How long a target that leaves may finish its requests. */
  readonly deregistrationDelaySeconds: number;
  readonly targetPort: number;
  readonly health: {
    readonly path: string;
    readonly matcher: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
  };
  readonly deletionProtection: boolean;
  readonly dropInvalidHeaders: boolean;
  /** `append` the caller to X-Forwarded-For, or `preserve` what a trusted proxy in front wrote. */
  readonly xForwardedFor: 'append' | 'preserve';
  /** undefined: none. Without `bucket`, one of the stack's own. */
  readonly accessLogs?: {
    readonly bucket?: string;
    readonly prefix: string;
    readonly days: number;
  };
  /** undefined: none. Without `arn`, one of the stack's own with these managed rule groups. */
  readonly waf?: {
    readonly arn?: string;
    readonly managedRules: readonly string[];
    /** Requests of one address in five minutes. */
    readonly rateLimit?: number;
  };
}

export type RoleName = 'execution' | 'task' | 'flow-logs';

export interface RolePlan {
  readonly name: RoleName;
  /** Service principal, such as `ecs-tasks.amazonaws.com`. */
  readonly assumedBy: string;
  readonly about: string;
  readonly statements: readonly StatementPlan[];
  /** ARNs of further policies that the stack file names. */
  readonly policyArns: readonly string[];
}

/** What a statement is about, known only once it is there. */
export type PolicyRef =
  | 'secrets'
  | 'master-secret'
  | 'key'
  | 'repository'
  | 'log-group'
  | 'flow-log-group';

/** An ARN as written, or that of something of the stack, with a text behind it. */
export type PolicyResource = string | { readonly ref: PolicyRef; readonly suffix?: string };

export interface StatementPlan {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly PolicyResource[];
  readonly conditions?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  /** Why it is needed, for the documentation. */
  readonly reason: string;
}

/** List prices without traffic, storage of logs and requests: an estimate, not an offer. */
export interface CostEstimate {
  readonly currency: 'USD';
  /** Month of the price table, `yyyy-mm`. */
  readonly pricesAsOf: string;
  /** The region whose prices these are; another one than the stack's where the table lacks it. */
  readonly pricesOf: string;
  readonly lines: readonly CostLine[];
  readonly monthlyTotal: number;
  readonly notIncluded: readonly string[];
}

export interface CostLine {
  readonly name: string;
  /** How it was counted, such as `2 x 32.85`. */
  readonly detail: string;
  /** undefined: the table has no price for it. */
  readonly monthly?: number;
}
