/** The limit of log-ins, as the program that holds it in the container reads it. */
export interface LoginLimitConfig {
  /** Log-ins that one address may try in the window. */
  readonly requests: number;
  readonly windowSeconds: number;
  /** Matches the paths of log-ins, in small letters. */
  readonly path: string;
  /** Addresses and ranges of proxies whose X-Forwarded-For counts; the edge's own entry always does. */
  readonly trusted: readonly string[];
  /** Whether the replicas count together, in the stack's Redis. */
  readonly redis: boolean;
}
