/** Text with secrets and outputs by reference; they are filled in only where resources are made. */
export type Template = readonly TemplatePart[];
export type TemplatePart = string | SecretPart | OutputPart;
/** What only the made resource can tell, such as a host name that AWS chose. */
export interface OutputPart {
  readonly output: PlanOutput;
}
export type PlanOutput = 'databaseHost' | 'redisHost';
export interface SecretPart {
  readonly secret: string;
  /** Version of a generated secret. @default the current one */
  readonly version?: number;
  /**
   * `uri`: percent-encoded. `json`: as the inside of a JSON string. `sha256`: lower-case hex digest.
   * `scram`: what PostgreSQL stores of a password (SCRAM-SHA-256), from which nobody learns the password.
   * @default as it is
   */
  readonly encode?: 'uri' | 'json' | 'sha256' | 'scram';
  /** Applied to the value before `encode`; for values that are the user's own PostgreSQL URLs. */
  readonly transform?: PostgresUrlTransform | PostgresPartTransform;
}

/** The URL with search_path and TLS mode as the stack file says. */
export interface PostgresUrlTransform {
  readonly kind: 'postgres-url';
  readonly options: PostgresUrlOptions;
}

/** One part of the URL, decoded, for programs that take them apart (libpq's variables). */
export interface PostgresPartTransform {
  readonly kind: 'postgres-part';
  readonly part: PostgresPart;
}

export type PostgresPart = 'host' | 'port' | 'user' | 'password' | 'database' | 'options';

/** What a PostgreSQL URL has to say in addition to host, user and database. */
export interface PostgresUrlOptions {
  /** Schemas, first the one that holds the tables. */
  readonly searchPath: readonly string[];
  /** Always in the URL, `off` too: its word overrides an `ssl` object in a hand-written configuration. */
  readonly ssl: 'off' | 'require' | 'verify-full';
  /** Path of the CA's PEM file in the container. */
  readonly caPath?: string;
}
