/** Limits of time of the command, each with who waits. Requests of a proof: src/container/tokens.ts. */

/** Between two requests of a rotation to the edge: short enough to see a release without an answer. */
export const EDGE_REQUEST_INTERVAL_MILLISECONDS = 200;

/** A rotation waits this long for the edge's answer, then counts the request as failed. */
export const EDGE_ANSWER_MILLISECONDS = 15_000;

/** A proof waits this long for PostgreSQL to accept or refuse a login. */
export const LOGIN_SECONDS = 15;

/** `logs` on aws without --since: CloudWatch keeps months of lines, and returns them page by page. */
export const LOG_HISTORY_SECONDS = 3600;

/** `logs --follow` on aws: between two looks at CloudWatch, which allows few requests a second. */
export const LOG_POLL_MILLISECONDS = 2000;
