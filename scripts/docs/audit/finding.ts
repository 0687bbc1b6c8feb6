/** `stacks/prod.yaml` as it is, and with `nat: none`, `flowLogs`, `insights`, `accessLogs` and `waf`. */
export type AuditedStack = 'production' | 'options';

/** Results of a check that are not a pass, by stack. */
export type Rows = Readonly<Partial<Record<AuditedStack, number>>>;

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** Why one of Prowler's checks does not pass. */
export interface Finding {
  /** Its id. */
  readonly check: string;
  readonly severity: Severity;
  readonly rows: Rows;
  /** Markdown of docs/aws-audit.md. */
  readonly why: string;
}

/** Findings of one kind, and what the kind means. */
export interface Kind {
  readonly title: string;
  readonly meaning: string;
  readonly findings: readonly Finding[];
}

/** What Parliament finds in a policy. */
export interface PolicyFinding {
  /** `operator 1` to `3`, as docs/aws.md numbers them, or the name of a role. */
  readonly policy: string;
  /** Parliament's name of the problem. */
  readonly issue: string;
  readonly severity: Severity;
  /** How often it is found in the policy. */
  readonly times: number;
  /** Markdown of docs/aws-audit.md. */
  readonly why: string;
}

export const BOTH = (rows: number): Rows => ({ production: rows, options: rows });
