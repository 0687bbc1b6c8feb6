/** Where the script lies in the image; `NODE_OPTIONS` loads it before the backend. */
export const KEEP_ALIVE_PATH = '/opt/medusa-infra/keep-alive.cjs';

/** How long the load balancer keeps a connection on which nothing happens. */
export const IDLE_TIMEOUT_SECONDS = 60;
const KEEP_ALIVE_SECONDS = IDLE_TIMEOUT_SECONDS + 15;

/**
 * Node closes an idle connection after five seconds. Were that before the load balancer does, it would
 * send a request into a closing connection now and then, and answer 502. So every server of the
 * process waits longer than the load balancer.
 */
export const KEEP_ALIVE_SCRIPT = `'use strict';
const http = require('node:http');
const create = http.createServer;
http.createServer = function (...args) {
  const server = create.apply(this, args);
  server.keepAliveTimeout = ${KEEP_ALIVE_SECONDS * 1000};
  server.headersTimeout = ${(KEEP_ALIVE_SECONDS + 5) * 1000};
  return server;
};
// For modules that import { createServer }.
require('node:module').syncBuiltinESMExports();
`;
