/**
 * Limits of time on a Docker engine, each with who waits. Stop times are inputs of containers: another
 * value there replaces them.
 */

/** A run waits for it: between two looks at a container. Short, as most starts take seconds. */
export const CONTAINER_POLL_MILLISECONDS = 250;

/** A run waits for PostgreSQL's health: the first start creates the cluster, and recovery may take as long. */
export const POSTGRES_START_SECONDS = 300;

/** A run waits for Redis's health: it loads a large append-only file before it first answers. */
export const REDIS_START_SECONDS = 120;

/** A run waits for the edge's health: Caddy starts in a second, on a busy machine in several. */
export const EDGE_START_SECONDS = 60;

/**
 * Between two probes of a container by the engine, for `status` alone: a probe is a process in a container, which takes a
 * tenth of a second of a processor. A run does not wait for the engine's: it runs the same probe itself.
 */
export const PROBE_INTERVAL_SECONDS = 15;

/** How the engine probes PostgreSQL, Redis and the edge. */
export const SERVER_PROBE = {
  intervalSeconds: PROBE_INTERVAL_SECONDS,
  timeoutSeconds: 5,
  retries: 3,
} as const;

/**
 * A replica that starts next to a running release takes only what that leaves, for so long: a start on a machine with
 * time to spare is over by then, and on one without it would never end.
 */
export const REPLICA_YIELD_SECONDS = 15;

/** One probe of a replica keeps trying for this long, so that a start is noticed at once. */
export const REPLICA_PROBE_SECONDS = 10;

/** One request of such a probe waits this long for its answer. */
export const REPLICA_REQUEST_SECONDS = 5;

/** A probe of a replica takes at most so much longer: its start and its last try. */
export const REPLICA_PROBE_MARGIN_SECONDS = 5;

/** When the edge's container is stopped, requests on their way have this long to end. */
export const EDGE_STOP_SECONDS = 30;

/** A run waits at most this long, before it loads a configuration, for clients to close kept connections. */
export const EDGE_CLOSING_MILLISECONDS = 10_000;

/** Between two looks at the edge's connections. */
export const EDGE_CLOSING_POLL_MILLISECONDS = 50;

/** A replica has at least this long between SIGTERM and SIGKILL, however long its connections took. */
export const LEAST_STOP_SECONDS = 5;

/** A replica that failed has this long to stop: nobody waits for its answers. */
export const FAILED_STOP_SECONDS = 10;

/** A job that took too long has this long between SIGTERM and SIGKILL, to close its connections. */
export const LATE_JOB_STOP_SECONDS = 5;

/** A run waits for the job that opens the folder of sqlite: it changes one mode. */
export const FOLDER_JOB_SECONDS = 60;

/** A run waits for it beyond the limits of lock, migrations and seed: the job's start, and its proofs. */
export const MIGRATE_JOB_MARGIN_SECONDS = 120;
