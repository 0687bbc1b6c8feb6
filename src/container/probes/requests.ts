/** What the health check of a replica asks; it gets this as JSON in its first argument. */
export interface HealthRequest {
  readonly port: number;
  readonly path: string;
  /** For one answer. */
  readonly timeoutSeconds: number;
  /** How long it asks again after a failure. 0: it asks once. */
  readonly retrySeconds: number;
}

/** What `ask` asks the replica that it runs in; it gets this as JSON by standard input. */
export interface ReplicaRequest {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}
