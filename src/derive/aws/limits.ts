/**
 * How long things on AWS may take, in seconds, each with who waits. What docker shares is in
 * src/derive/limits.ts.
 */

/** `up` waits for Fargate to start a task, the download of its images included. */
export const FARGATE_START_SECONDS = 180;
/**
 * Limits of a container that others of its task wait for: Fargate stops a task in which it has not
 * ended within 3 minutes (`startTimeout`, which may be set, but to 120 seconds at most). Lower limits
 * let the container say what is wrong.
 */
export const WAITED_FOR = { lockTimeoutSeconds: 45, timeoutSeconds: 90 } as const;

/** ECS waits from SIGTERM to SIGKILL of a container that prepares: it closes its connections. */
export const PREPARE_STOP_SECONDS = 30;

/** How ECS probes a backend; `timeoutSeconds` includes the start of node. */
export const TASK_PROBE = { intervalSeconds: 10, timeoutSeconds: 5, retries: 3 } as const;
/** One request of such a probe waits this long for its answer; a second is left to node. */
export const TASK_REQUEST_SECONDS = TASK_PROBE.timeoutSeconds - 1;
/** The highest values that ECS accepts for a health check. */
export const MAX_TASK_PROBE = {
  startPeriodSeconds: 300,
  intervalSeconds: 300,
  retries: 10,
} as const;

/** How the load balancer probes a target; its verdict takes `intervalSeconds` times a threshold. */
export const TARGET_PROBE = {
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
} as const;

/** The service waits after a change of its number of tasks: a peak that comes back finds them still there. */
export const SCALE_IN_COOLDOWN_SECONDS = 300;
/** Likewise before it adds more: a new task takes about as long to serve. */
export const SCALE_OUT_COOLDOWN_SECONDS = 60;

/** What `up` counts for Fargate's own start when it waits for a release. */
export const RELEASE_START_SECONDS = 120;
/** `up` waits at least this long for a release: ECS spaces out the attempts of tasks that fail. */
export const LEAST_RELEASE_SECONDS = 900;
