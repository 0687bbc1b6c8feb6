import type { AwsSection } from '../../stack/aws/section.ts';
import type { EdgeSection } from '../../stack/stack-file.ts';
import type { BackendPlan, PreparePlan } from '../plan.ts';
import { IDLE_TIMEOUT_SECONDS } from './keep-alive.ts';
import { awsName } from './names.ts';
import type { LoadBalancerPlan } from './plan/edge.ts';
import type { ScalingPlan, ServicePlan } from './plan/service.ts';
import { WAITED_FOR } from './task.ts';

const HEALTH_INTERVAL_SECONDS = 10;
const HEALTHY_THRESHOLD = 2;

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
    // New tasks beside the old ones, which leave when those are healthy.
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    healthCheckGraceSeconds:
      backend.health.startSeconds + HEALTH_INTERVAL_SECONDS * HEALTHY_THRESHOLD,
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
    120 +
    (prepare.sql?.timeoutSeconds ?? 0) +
    WAITED_FOR.lockTimeoutSeconds +
    WAITED_FOR.timeoutSeconds +
    backend.health.startSeconds +
    2 * backend.stopGraceSeconds;
  return Math.max(900, 2 * once);
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
    scaleInCooldownSeconds: 300,
    scaleOutCooldownSeconds: 60,
    schedule: schedule.map(({ at, ...rest }) => ({ ...rest, schedule: at })),
  };
}

/** Rule groups of AWS's own that suit a store's API (about a thousand capacity units of 1,500). */
const MANAGED_RULES = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
] as const;
const RATE_LIMIT = 2000;

export function planEdge(
  name: string,
  edge: EdgeSection,
  backend: BackendPlan,
  aws: AwsSection,
  protect: boolean,
): LoadBalancerPlan {
  const plain = edge.tls === 'off';
  const { zone, accessLogs, waf } = aws.edge;
  return {
    name: awsName(name, '', 32),
    host: edge.host,
    targetGroupPrefix: 'mi-be-',
    ...(zone === undefined ? {} : { zone: zone.includes('.') ? { name: zone } : { id: zone } }),
    certificate: plain
      ? { kind: 'none' }
      : edge.tls === 'auto'
        ? { kind: 'dns-validated' }
        : { kind: 'given', arn: edge.tls },
    port: edge.port,
    redirectHttp: !plain,
    tlsPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    idleTimeoutSeconds: IDLE_TIMEOUT_SECONDS,
    deregistrationDelaySeconds: backend.stopGraceSeconds,
    targetPort: backend.port,
    health: {
      path: backend.health.path,
      matcher: '200',
      intervalSeconds: HEALTH_INTERVAL_SECONDS,
      timeoutSeconds: 5,
      healthyThreshold: HEALTHY_THRESHOLD,
      unhealthyThreshold: 3,
    },
    deletionProtection: protect,
    dropInvalidHeaders: true,
    xForwardedFor: edge.trustForwarded ? 'preserve' : 'append',
    ...(accessLogs === false
      ? {}
      : {
          accessLogs: {
            ...(typeof accessLogs === 'string' ? { bucket: accessLogs } : {}),
            prefix: name,
            days: aws.logDays,
          },
        }),
    ...(waf === false
      ? {}
      : {
          waf: {
            ...(typeof waf === 'string' ? { arn: waf, managedRules: [] } : OWN_WAF),
          },
        }),
  };
}

const OWN_WAF = { managedRules: MANAGED_RULES, rateLimit: RATE_LIMIT } as const;
