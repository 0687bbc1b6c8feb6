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
