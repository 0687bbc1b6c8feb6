import type Docker from 'dockerode';

/** The first Linux that knows `net.ipv4.tcp_migrate_req`. */
const SINCE = [5, 14] as const;

/**
 * Kernel settings of the edge's own network namespace. A reload of Caddy opens its ports anew beside
 * the old ones and closes those; connections that the kernel has taken but Caddy has not would be
 * reset. With this they move to the new ones. An older kernel has no such setting, and a container
 * that names it does not start there.
 */
export async function edgeSysctls(engine: Docker): Promise<Readonly<Record<string, string>>> {
  const { KernelVersion } = (await engine.info()) as { KernelVersion?: string };
  return canMigrate(KernelVersion ?? '') ? { 'net.ipv4.tcp_migrate_req': '1' } : {};
}

/** @param version as `uname -r` prints it, such as `5.15.0-91-generic` */
export function canMigrate(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > SINCE[0] || (major === SINCE[0] && minor >= SINCE[1]);
}
