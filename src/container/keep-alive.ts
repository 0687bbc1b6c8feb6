/** How long the load balancer keeps a connection on which nothing happens. */
export const IDLE_TIMEOUT_SECONDS = 60;
