import { IDLE_TIMEOUT_SECONDS } from '../../container/keep-alive.ts';
import { LOGIN_LIMIT, LOGIN_PATH } from '../../logins.ts';
import type { AwsSection, EdgeSection } from '../../stack/stack-file.ts';
import type { BackendPlan } from '../backend.ts';
import { isStrictTransport, STRICT_TRANSPORT } from '../strict-transport.ts';
import { TARGET_PROBE } from './limits.ts';
import { awsName } from './names.ts';

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
  /** Value of Strict-Transport-Security in each answer. @default no header */
  readonly strictTransport?: string;
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
    /** Rules of those groups that only count, by group. @default none */
    readonly countedRules?: Readonly<Record<string, readonly string[]>>;
    /** Requests of one address in five minutes. */
    readonly rateLimit?: number;
    /** The same for POST requests whose path, in small letters, matches. @default no limit */
    readonly loginLimit?: { readonly requests: number; readonly path: string };
  };
}

/** Rule groups of AWS's own that suit a store's API: with the limits 1,190 capacity units of 1,500. */
const MANAGED_RULES = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
] as const;
const RATE_LIMIT = 2000;

/** What a store does all day, and the common rules would block: uploads, HTML in descriptions, long queries. */
const COUNTED_RULES = {
  AWSManagedRulesCommonRuleSet: [
    'SizeRestrictions_BODY',
    'SizeRestrictions_QUERYSTRING',
    'CrossSiteScripting_BODY',
  ],
} as const;

export function planLoadBalancer(
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
    tlsPolicy: 'ELBSecurityPolicy-TLS13-1-2-PQ-2025-09',
    ...(!plain && isStrictTransport(edge) ? { strictTransport: STRICT_TRANSPORT } : {}),
    idleTimeoutSeconds: IDLE_TIMEOUT_SECONDS,
    deregistrationDelaySeconds: backend.stopGraceSeconds,
    targetPort: backend.port,
    health: {
      path: backend.health.path,
      matcher: '200',
      ...TARGET_PROBE,
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

const OWN_WAF = {
  managedRules: MANAGED_RULES,
  countedRules: COUNTED_RULES,
  rateLimit: RATE_LIMIT,
  loginLimit: { requests: LOGIN_LIMIT.requests, path: LOGIN_PATH },
} as const;
