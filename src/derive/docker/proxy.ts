import { isLocalHost } from '../../stack/local-host.ts';
import type { DockerStack, EdgeSection } from '../../stack/stack-file.ts';
import type { LockedImage } from '../images.ts';
import { HOSTS, objectNames } from '../names.ts';
import { isStrictTransport } from '../strict-transport.ts';
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

/** The container in front of the replicas. */
export interface ProxyPlan {
  /** Published port on which plain HTTP is redirected; undefined: none. */
  readonly httpPort?: number;
  /** `acme`: issued by the edge's authority until ACME has succeeded; `local`: always by that. */
  readonly certificates: 'none' | 'acme' | 'local';
  /** Address on the engine's host that the port is published on. */
  readonly bind: string;
  /** Holds configuration, route, certificates and keys. */
  readonly volume: { readonly name: string; readonly keep: boolean };
  /** The proxy's configuration file (a Caddyfile). */
  readonly config: string;
  /** What a proxy runs that has no configuration yet. */
  readonly bootstrapConfig: string;
  /** Files that the configuration names: path in the container -> absolute path on this machine. */
  readonly files: Readonly<Record<string, string>>;
  /** What is published: port on the engine's host, port in the container. */
  readonly ports: readonly { readonly external: number; readonly internal: number }[];
  /** Answers 200 on 127.0.0.1 inside the container as long as the proxy itself lives. */
  readonly healthPort: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pidsLimit: number;
}

export interface ProxyOptions {
  /** Of the stack's objects on the engine. */
  readonly prefix: string;
  /** Where the published port answers. */
  readonly url: string;
  readonly image: LockedImage;
}

/** The proxy in front of the replicas. */
export function planProxy(stack: DockerStack, options: ProxyOptions): ProxyPlan {
  const { edge } = stack;
  const { port, tls, httpPort } = edge;
  const off = tls === 'off';
  const certificates = certificatesOf(edge);
  const ca = certificates === 'acme' ? edge.acme?.ca : undefined;
  return {
    ...(httpPort === false ? {} : { httpPort }),
    certificates,
    bind: edge.bind,
    // Without TLS it holds nothing that the next `up` does not write again.
    volume: { name: objectNames(options.prefix).edgeVolume, keep: !off },
    config: caddyfile({
      upstream: { host: HOSTS.backend, port: stack.backend.port },
      trusted: trustedAddresses(edge),
      graceSeconds: stack.backend.stopGrace,
      ...(off ? {} : { tls: caddyfileTls(edge, options.url, options.image.version) }),
    }),
    bootstrapConfig: BOOTSTRAP_CADDYFILE,
    files: ca === undefined ? {} : { [EDGE_FILES.acmeCa]: ca },
    ports: [
      { external: port, internal: off ? EDGE_HTTP_PORT : EDGE_HTTPS_PORT },
      ...(httpPort === false ? [] : [{ external: httpPort, internal: EDGE_HTTP_PORT }]),
    ],
    healthPort: EDGE_HEALTH_PORT,
    cpuMillis: LIMITS.edge.cpuMillis,
    memoryBytes: LIMITS.edge.memoryBytes,
    pidsLimit: LIMITS.edge.pids,
  };
}

/** Loopback, private networks (RFC 1918, RFC 4193): where a proxy stands that ends TLS in front of the edge. */
const PRIVATE_RANGES = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::1/128', 'fc00::/7'],
];

/** Clients whose X-Forwarded-* count. */
export function trustedAddresses({ trustForwarded }: EdgeSection): readonly string[] {
  if (typeof trustForwarded !== 'boolean') return trustForwarded;
  return trustForwarded ? PRIVATE_RANGES : [];
}

function certificatesOf({ tls, host, acme }: EdgeSection): ProxyPlan['certificates'] {
  if (tls === 'off') return 'none';
  return isLocalHost(host) && acme?.directory === undefined ? 'local' : 'acme';
}

function caddyfileTls(edge: EdgeSection, url: string, version: string): CaddyfileTls {
  const { host, acme } = edge;
  if (certificatesOf(edge) === 'local') return { host, url, strictTransport: false };
  return {
    host,
    url,
    strictTransport: isStrictTransport(edge),
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

/** Caddy since 2.10; a version that says too little counts as the newest. */
function prefersWildcards(version: string): boolean {
  const found = /(\d+)\.(\d+)/.exec(version);
  return !found || Number(found[1]) > 2 || Number(found[2]) >= 10;
}
