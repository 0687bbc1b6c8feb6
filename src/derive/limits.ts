/**
 * How long things may take, in seconds, each with who waits. What the stack file says itself
 * (`backend.stopGrace`, `backend.health.start`) is not here; limits of AWS are in aws/limits.ts.
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

/** A session of a login role that is taken out of service has this long to end, in milliseconds. */
export const SESSION_END_MILLISECONDS = 5000;
