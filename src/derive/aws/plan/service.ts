import type { Template } from '../../template-parts.ts';
import type { ImageRef } from './images.ts';

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
