/**
 * Where things lie in the edge's container. All of `/data` is its volume, so that a new container
 * goes on with the last configuration, route and certificates; what is in `/tmp` ends with it.
 */
export const EDGE_FILES = {
  volume: '/data',
  /** The configuration that was last loaded. */
  config: '/data/Caddyfile',
  /** Holds one file, whose name is the release that gets the traffic. */
  activeRelease: '/data/active',
  /** Certificates, keys, the ACME account and the local certificate authority. */
  storage: '/data/tls',
  /** Certificates that the ACME server's own one is checked against. */
  acmeCa: '/data/acme-ca.pem',
  /** Certificate of the edge's own authority, in the folder `storage` as Caddy lays it out. */
  localRoot: '/data/tls/pki/authorities/local/root.crt',
  /** While it is there, the edge closes each connection after the answer. */
  closing: '/tmp/closing',
  /** Caddy's admin interface: no port, so that nothing on the network can reach it. */
  adminSocket: '/tmp/admin.sock',
} as const;
