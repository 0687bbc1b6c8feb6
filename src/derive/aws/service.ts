import type { AwsSection } from '../../stack/stack-file.ts';
import type { BackendPlan } from '../backend.ts';
import type { PreparePlan } from '../prepare.ts';
import {
  LEAST_RELEASE_SECONDS,
  RELEASE_START_SECONDS,
  SCALE_IN_COOLDOWN_SECONDS,
  SCALE_OUT_COOLDOWN_SECONDS,
  TARGET_PROBE,
  WAITED_FOR,
} from './limits.ts';

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

export function planService(
  name: string,
  backend: BackendPlan,
  prepare: PreparePlan,
  aws: AwsSection,
): ServicePlan {
  const { spotPercent, exec, insights, autoscaling } = aws.backend;
  return {
    cluster: name,
    name: 'backend',
    desiredCount: Math.max(backend.replicas, autoscaling?.min ?? 0),
    platformVersion: '1.4.0',
    // New tasks start first; the old ones stop when those are healthy.
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    healthCheckGraceSeconds:
      backend.health.startSeconds + TARGET_PROBE.intervalSeconds * TARGET_PROBE.healthyThreshold,
    exec,
    containerInsights: insights,
    capacity: capacity(spotPercent),
    steadyTimeoutSeconds: steadyTimeoutSeconds(backend, prepare),
  };
}

/** The first task never is on Spot: some are left when AWS takes all of those back. */
function capacity(spotPercent: number): ServicePlan['capacity'] {
  if (spotPercent === 0) return [{ provider: 'FARGATE', base: 0, weight: 1 }];
  if (spotPercent === 100) return [{ provider: 'FARGATE_SPOT', base: 0, weight: 1 }];
  const divisor = gcd(spotPercent, 100);
  return [
    { provider: 'FARGATE', base: 1, weight: (100 - spotPercent) / divisor },
    { provider: 'FARGATE_SPOT', base: 0, weight: spotPercent / divisor },
  ];
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * Fargate's own start, what looks whether all is prepared, the backend's start, and the leaving of the old tasks; twice, for
 * a second try.
 */
function steadyTimeoutSeconds(backend: BackendPlan, prepare: PreparePlan): number {
  const once =
    RELEASE_START_SECONDS +
    (prepare.sql?.timeoutSeconds ?? 0) +
    WAITED_FOR.lockTimeoutSeconds +
    WAITED_FOR.timeoutSeconds +
    backend.health.startSeconds +
    2 * backend.stopGraceSeconds;
  return Math.max(LEAST_RELEASE_SECONDS, 2 * once);
}

export function planScaling(aws: AwsSection): ScalingPlan | undefined {
  const { autoscaling } = aws.backend;
  if (!autoscaling) return undefined;
  const { min, max, cpu, memory, requests, schedule } = autoscaling;
  return {
    min,
    max,
    ...(cpu === undefined ? {} : { cpuPercent: cpu }),
    ...(memory === undefined ? {} : { memoryPercent: memory }),
    ...(requests === undefined ? {} : { requestsPerTarget: requests }),
    scaleInCooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
    scaleOutCooldownSeconds: SCALE_OUT_COOLDOWN_SECONDS,
    schedule: schedule.map(({ at, ...rest }) => ({ ...rest, schedule: at })),
  };
}
