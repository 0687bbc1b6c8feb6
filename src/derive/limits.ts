/**
 * How long things may take, in seconds, each with who waits. What the stack file says itself
 * (`backend.stopGrace`, `backend.health.start`) is not here.
 */

/** psql waits for the advisory lock while another run prepares the same server. */
export const SQL_LOCK_SECONDS = 60;
/** `up` waits for one run of psql; it takes seconds, and a server that does not answer would hang it. */
export const SQL_SECONDS = 120;

/** `up` waits for the migrations, and apart from them for the seed. They take seconds; some failures hang. */
export const MIGRATE_SECONDS = 300;
/** The migrate job waits for the advisory lock while another one migrates. */
export const MIGRATE_LOCK_SECONDS = 120;

/** The engine waits from SIGTERM to SIGKILL: PostgreSQL writes a checkpoint, Redis its append-only file. */
export const STOP_GRACE_SECONDS = { postgres: 60, redis: 30 } as const;

/** `up` waits for Fargate to start a task, the download of its images included. */
export const FARGATE_START_SECONDS = 180;
/**
 * Limits of a container that others of its task wait for: Fargate stops a task in which it has not
 * ended within 3 minutes (`startTimeout`, which may be set, but to 120 seconds at most). Lower limits
 * let the container say what is wrong.
 */
export const WAITED_FOR = { lockTimeoutSeconds: 45, timeoutSeconds: 90 } as const;
