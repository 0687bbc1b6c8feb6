import { neededConnections } from '../../connections.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Steps of the server's limit: a change of it restarts the server, so another replica should not need one. */
const CONNECTION_STEP = 200;

/** PostgreSQL's `max_connections`. */
export function maxConnections(replicas: number, poolMax: number): number {
  return Math.ceil(neededConnections(replicas, poolMax) / CONNECTION_STEP) * CONNECTION_STEP;
}

/** Memory, CPU and process limits of the parts that the stack file does not size itself. */
export const LIMITS = {
  postgres: { cpuMillis: 1000, memoryBytes: GIB, shmBytes: 256 * MIB },
  redis: { cpuMillis: 500, pids: 64 },
  edge: { cpuMillis: 500, memoryBytes: 128 * MIB, pids: 128 },
  backend: { pids: 256 },
  prepare: { cpuMillis: 1000, memoryBytes: 512 * MIB },
} as const;

/** In-memory folders of the backend's container; what they hold counts as its memory. */
export const BACKEND_TMPFS: Readonly<Record<string, number>> = {
  '/tmp': 80 * MIB,
};

/** PostgreSQL's settings for a server of that much memory (the usual quarter and three quarters). */
export function postgresSettings(
  memoryBytes: number,
  connections: number,
): Readonly<Record<string, string>> {
  const mib = (share: number) => `${Math.floor((memoryBytes * share) / MIB)}MB`;
  return {
    effective_cache_size: mib(0.75),
    listen_addresses: '*',
    max_connections: String(connections),
    password_encryption: 'scram-sha-256',
    shared_buffers: mib(0.25),
    unix_socket_directories: '/var/run/postgresql',
  };
}

/** One process a connection, and the server's own. */
export function postgresPids(connections: number): number {
  return connections + 64;
}
