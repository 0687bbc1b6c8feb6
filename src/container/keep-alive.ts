/** Where the script lies in the image; `NODE_OPTIONS` loads it before the backend. */
export const KEEP_ALIVE_PATH = '/opt/medusa-infra/keep-alive.cjs';

/** How long the load balancer keeps a connection on which nothing happens. */
export const IDLE_TIMEOUT_SECONDS = 60;
