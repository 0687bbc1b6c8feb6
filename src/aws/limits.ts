/** Limits of time towards AWS, each with who waits. */

/** A run waits for it: between two looks at a release; ECS itself reacts within seconds. */
export const RELEASE_POLL_MILLISECONDS = 5000;

/** After this long without our revision, a service has rolled it back: ECS may answer with a moment ago. */
export const RELEASE_BEGIN_SECONDS = 60;

/** Seconds between two looks at a task that runs once; the SDK backs off from the first to the second. */
export const TASK_POLL = { minDelay: 2, maxDelay: 6 } as const;

/** A run waits this long until the nodes of ElastiCache have a changed password. */
export const PASSWORD_CHANGE_SECONDS = 1800;

/** Seconds between two looks at a replication group; the SDK backs off from the first to the second. */
export const PASSWORD_CHANGE_POLL = { minDelay: 2, maxDelay: 10 } as const;

/** `logs --follow` reads this far back again: a line may appear after younger ones of another stream. */
export const LATE_LINE_MILLISECONDS = 30_000;
