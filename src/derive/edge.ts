import type { StackFile } from '../stack/stack-file.ts';
import { BOOTSTRAP_CADDYFILE, caddyfile, EDGE_HEALTH_PORT, EDGE_PORT } from './caddyfile.ts';
import { HOSTS, objectNames } from './names.ts';
import type { EdgePlan } from './plan.ts';
import { LIMITS } from './sizes.ts';

/** The proxy in front of the replicas. `prefix` is that of the stack's objects. */
export function planEdge(stack: StackFile, prefix: string): EdgePlan {
  const { host, port, tls, trustForwarded } = stack.edge;
  const scheme = tls === 'off' ? 'http' : 'https';
  const shownPort = port === (tls === 'off' ? 80 : 443) ? '' : `:${port}`;
  const url = `${scheme}://${host}${shownPort}`;
  return {
    host,
    port,
    tls,
    url,
    publicUrl: tls === 'off' && trustForwarded ? `https://${host}` : url,
    bind: stack.environment === 'development' ? '127.0.0.1' : '0.0.0.0',
    volume: { name: objectNames(prefix).edgeVolume, keep: tls !== 'off' },
    config: caddyfile({
      upstream: { host: HOSTS.backend, port: stack.backend.port },
      trustForwarded,
      graceSeconds: stack.backend.stopGraceSeconds,
    }),
    bootstrapConfig: BOOTSTRAP_CADDYFILE,
    ports: [{ external: port, internal: EDGE_PORT }],
    healthPort: EDGE_HEALTH_PORT,
    cpuMillis: LIMITS.edge.cpuMillis,
    memoryBytes: LIMITS.edge.memoryBytes,
    pidsLimit: LIMITS.edge.pids,
  };
}
