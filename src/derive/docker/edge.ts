import { isLocalHost } from '../../stack/local-host.ts';
import type { EdgeSection, StackFile } from '../../stack/stack-file.ts';
import { HOSTS, objectNames } from '../names.ts';
import type { EdgePlan, LockedImage, ProxyPlan } from '../plan.ts';
import {
  BOOTSTRAP_CADDYFILE,
  type CaddyfileTls,
  caddyfile,
  EDGE_HEALTH_PORT,
  EDGE_HTTP_PORT,
  EDGE_HTTPS_PORT,
} from './caddyfile.ts';
import { EDGE_FILES } from './edge-files.ts';
import { LIMITS } from './sizes.ts';

export interface ProxyOptions {
  /** Of the stack's objects on the engine. */
  readonly prefix: string;
  /** Where the published port answers. */
  readonly url: string;
  readonly image: LockedImage;
}

/** Where the world reaches the stack, whatever stands there. */
export function planEdge({ edge }: StackFile): EdgePlan {
  const { host, port, tls, trustForwarded } = edge;
  const off = tls === 'off';
  const shownPort = port === (off ? 80 : 443) ? '' : `:${port}`;
  const url = `${off ? 'http' : 'https'}://${host}${shownPort}`;
  return { host, port, tls, url, publicUrl: off && trustForwarded ? `https://${host}` : url };
}

/** The proxy in front of the replicas. */
export function planProxy(stack: StackFile, options: ProxyOptions): ProxyPlan {
  const { edge } = stack;
  const { port, tls, httpPort, trustForwarded } = edge;
  const off = tls === 'off';
  const certificates = certificatesOf(edge);
  const ca = certificates === 'acme' ? edge.acme?.ca : undefined;
  return {
    ...(httpPort === undefined ? {} : { httpPort }),
    certificates,
    bind: stack.environment === 'development' ? '127.0.0.1' : '0.0.0.0',
    // Without TLS it holds nothing that the next `up` does not write again.
    volume: { name: objectNames(options.prefix).edgeVolume, keep: !off },
    config: caddyfile({
      upstream: { host: HOSTS.backend, port: stack.backend.port },
      trustForwarded,
      graceSeconds: stack.backend.stopGraceSeconds,
      ...(off ? {} : { tls: caddyfileTls(edge, options.url, options.image.version) }),
    }),
    bootstrapConfig: BOOTSTRAP_CADDYFILE,
    files: ca === undefined ? {} : { [EDGE_FILES.acmeCa]: ca },
    ports: [
      { external: port, internal: off ? EDGE_HTTP_PORT : EDGE_HTTPS_PORT },
      ...(httpPort === undefined ? [] : [{ external: httpPort, internal: EDGE_HTTP_PORT }]),
    ],
    healthPort: EDGE_HEALTH_PORT,
    cpuMillis: LIMITS.edge.cpuMillis,
    memoryBytes: LIMITS.edge.memoryBytes,
    pidsLimit: LIMITS.edge.pids,
  };
}

function certificatesOf({ tls, host, acme }: EdgeSection): ProxyPlan['certificates'] {
  if (tls === 'off') return 'none';
  return isLocalHost(host) && acme?.directory === undefined ? 'local' : 'acme';
}

function caddyfileTls(edge: EdgeSection, url: string, version: string): CaddyfileTls {
  const { host, port, acme } = edge;
  if (certificatesOf(edge) === 'local') return { host, url, strictTransport: false };
  return {
    host,
    url,
    // Browsers come to the port of https, whatever port they saw it on.
    strictTransport: port === 443 && !isLocalHost(host),
    acme: {
      directory: acme?.directory,
      email: acme?.email,
      caPath: acme?.ca === undefined ? undefined : EDGE_FILES.acmeCa,
      challenge: challengeOf(edge),
      forceAutomate: prefersWildcards(version),
    },
  };
}

/**
 * ACME servers ask at port 80 or 443. Where the edge publishes one of them, the other would only cost
 * a failed attempt; where it publishes neither, something in front of it has to forward one.
 */
function challengeOf({ port, httpPort }: EdgeSection): 'http' | 'tls-alpn' | undefined {
  if ((port === 443) === (httpPort === 80)) return undefined;
  return port === 443 ? 'tls-alpn' : 'http';
}

/** Caddy since 2.10; a version that tells too little is taken for the newest. */
function prefersWildcards(version: string): boolean {
  const found = /(\d+)\.(\d+)/.exec(version);
  return !found || Number(found[1]) > 2 || Number(found[2]) >= 10;
}
