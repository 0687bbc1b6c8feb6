import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { IDLE_TIMEOUT_SECONDS } from '../keep-alive.ts';

/**
 * Node closes an idle connection after five seconds. If it did so before the load balancer does, that would
 * now and then send a request into a closing connection, and answer 502. So every server of the
 * process waits longer than the load balancer.
 */
const KEEP_ALIVE_SECONDS = IDLE_TIMEOUT_SECONDS + 15;

const create = http.createServer;
http.createServer = function (this: unknown, ...args: unknown[]) {
  const server = Reflect.apply(create, this, args) as http.Server;
  server.keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
  server.headersTimeout = (KEEP_ALIVE_SECONDS + 5) * 1000;
  return server;
} as typeof http.createServer;
// For modules that import { createServer }.
syncBuiltinESMExports();
